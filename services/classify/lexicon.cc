#include "services/classify/lexicon.h"

#include <cmath>
#include <iterator>
#include <string>

namespace paperwire::classify {
namespace {

// A phrase said again adds less.
constexpr float kRepeat = 0.45f;
constexpr uint32_t kMostTimes = 6;

// Indices in the catalogue.
enum : uint8_t { kTh, kOp, kEf, kLl, kNl, kIn, kRl, kGr, kFe, kGe, kTi, kRo, kCv, kMm };

// clang-format off
constexpr Pattern kPatterns[] = {
    // Theory
    {"we prove", kTh, 1.6f}, {"proof*", kTh, 1.2f}, {"theorem*", kTh, 1.4f}, {"prove", kTh, 0.8f},
    {"provabl*", kTh, 1.4f}, {"theoretical*", kTh, 0.9f}, {"theory", kTh, 0.9f},
    {"upper bound*", kTh, 1.2f}, {"lower bound*", kTh, 1.4f}, {"generalization bound*", kTh, 2.0f},
    {"error bound*", kTh, 1.2f}, {"regret", kTh, 1.2f}, {"minimax", kTh, 1.6f},
    {"sample complexity", kTh, 2.0f}, {"convergence rate*", kTh, 1.2f}, {"pac bayes*", kTh, 2.0f},
    {"identifiab*", kTh, 1.3f}, {"consistency", kTh, 0.2f}, {"asymptotic*", kTh, 1.3f},
    {"non asymptotic", kTh, 0.6f}, {"kernel", kTh, 0.4f}, {"neural tangent kernel", kTh, 2.0f},
    {"expressiv*", kTh, 0.8f}, {"expressive power", kTh, 0.8f}, {"vc dimension", kTh, 2.0f},
    {"information theoretic", kTh, 1.2f}, {"statistical", kTh, 0.4f}, {"gaussian process*", kTh, 0.8f},
    {"bayesian", kTh, 0.7f}, {"posterior", kTh, 0.6f}, {"uncertainty quantification", kTh, 0.9f},
    {"uncertainty", kTh, 0.4f}, {"conformal", kTh, 1.2f}, {"causal", kTh, 0.6f},
    {"causal inference", kTh, 1.0f}, {"neural operator*", kTh, 0.9f}, {"pde*", kTh, 0.8f},
    {"partial differential", kTh, 0.9f}, {"differential equation*", kTh, 0.7f},
    {"manifold*", kTh, 0.7f}, {"geometr*", kTh, 0.4f}, {"topolog*", kTh, 0.6f},
    {"lipschitz", kTh, 1.0f}, {"wasserstein", kTh, 1.0f}, {"optimal transport", kTh, 1.0f},
    {"closed form", kTh, 0.6f}, {"formal*", kTh, 0.4f}, {"axiom*", kTh, 1.2f},
    {"mathematical*", kTh, 0.4f}, {"hypothesis test*", kTh, 1.2f}, {"estimator*", kTh, 0.8f},
    {"spectral", kTh, 0.5f}, {"stochastic process*", kTh, 0.8f}, {"markov", kTh, 0.4f},
    {"symmetr*", kTh, 0.5f}, {"equivarian*", kTh, 0.9f}, {"invarian*", kTh, 0.4f},
    {"differential privacy", kTh, 1.0f}, {"learnab*", kTh, 1.2f}, {"guarantee*", kTh, 0.7f},
    {"theoretical analysis", kTh, 0.4f}, {"necessary and sufficient", kTh, 1.0f},
    {"polynomial*", kTh, 0.6f}, {"integral", kTh, 0.5f}, {"complexity class*", kTh, 1.0f},
    {"random matrix", kTh, 1.6f}, {"phase transition*", kTh, 1.0f}, {"scaling law*", kTh, 1.0f},
    {"langevin", kTh, 1.0f}, {"functional analy*", kTh, 1.6f}, {"inequalit*", kTh, 0.9f},
    {"shapley", kTh, 0.5f}, {"game theor*", kTh, 0.8f}, {"mean field", kTh, 1.0f},
    // Optimization
    {"optimiz*", kOp, 0.9f}, {"optimis*", kOp, 0.9f}, {"optimizer*", kOp, 1.6f},
    {"gradient descent", kOp, 1.6f}, {"stochastic gradient", kOp, 1.6f}, {"sgd", kOp, 1.5f},
    {"adam", kOp, 1.2f}, {"adamw", kOp, 1.3f}, {"muon", kOp, 1.5f}, {"convex", kOp, 1.4f},
    {"nonconvex", kOp, 1.6f}, {"non convex", kOp, 0.8f}, {"learning rate*", kOp, 1.0f},
    {"loss landscape*", kOp, 1.8f}, {"convergence", kOp, 0.8f}, {"momentum", kOp, 1.2f},
    {"weight decay", kOp, 1.2f}, {"bayesian optimization", kOp, 2.2f}, {"black box optimization", kOp, 2.2f},
    {"combinatorial", kOp, 1.5f}, {"linear program*", kOp, 1.5f}, {"integer program*", kOp, 1.8f},
    {"mixed integer", kOp, 1.5f}, {"quadratic program*", kOp, 1.6f}, {"bilevel", kOp, 1.8f},
    {"minimization", kOp, 0.8f}, {"routing", kOp, 0.6f}, {"vehicle routing", kOp, 1.4f},
    {"scheduling", kOp, 1.0f}, {"optimal control", kOp, 1.4f}, {"evolutionary", kOp, 1.3f},
    {"genetic algorithm*", kOp, 1.5f}, {"hyperparameter*", kOp, 0.9f}, {"hyperparameter optimization", kOp, 1.2f},
    {"gradient*", kOp, 0.6f}, {"constrained", kOp, 0.5f}, {"objective*", kOp, 0.3f},
    {"multi objective", kOp, 1.3f}, {"pareto", kOp, 1.0f}, {"training dynamics", kOp, 1.4f},
    {"training stability", kOp, 1.0f}, {"preconditioner*", kOp, 1.6f}, {"preconditioned", kOp, 1.4f}, {"preconditioning", kOp, 1.6f}, {"second order", kOp, 0.7f},
    {"hessian", kOp, 1.1f}, {"newton", kOp, 0.9f}, {"zeroth order", kOp, 1.5f},
    {"proximal", kOp, 1.1f}, {"solver*", kOp, 0.7f}, {"surrogate*", kOp, 0.5f},
    {"search space", kOp, 0.6f}, {"distributionally robust", kOp, 1.2f}, {"saddle", kOp, 1.2f},
    {"policy optimization", kOp, 0.6f}, {"model predictive control", kOp, 1.0f}, {"allocation", kOp, 0.5f},
    {"active learning", kOp, 0.7f}, {"regulariz*", kOp, 0.4f}, {"sharpness", kOp, 1.2f},
    // Efficient ML
    {"efficien*", kEf, 0.6f}, {"quantiz*", kEf, 2.0f}, {"quantis*", kEf, 2.0f}, {"pruning", kEf, 1.8f},
    {"prune*", kEf, 1.4f}, {"sparsity", kEf, 1.0f}, {"sparse", kEf, 0.6f}, {"compress*", kEf, 1.2f},
    {"distill*", kEf, 1.0f}, {"knowledge distillation", kEf, 0.8f}, {"low rank", kEf, 0.9f},
    {"lora", kEf, 1.2f}, {"parameter efficient", kEf, 1.8f}, {"kv cache", kEf, 2.0f},
    {"cache", kEf, 0.7f}, {"caching", kEf, 1.2f}, {"memory efficient", kEf, 1.5f},
    {"memory footprint", kEf, 1.2f}, {"computational cost*", kEf, 1.0f}, {"compute", kEf, 0.4f},
    {"latency", kEf, 1.0f}, {"throughput", kEf, 1.1f}, {"speedup*", kEf, 1.0f}, {"faster", kEf, 0.7f},
    {"accelerat*", kEf, 0.8f}, {"low bit", kEf, 1.8f}, {"4 bit", kEf, 1.8f}, {"8 bit", kEf, 1.5f},
    {"fp8", kEf, 1.8f}, {"fp4", kEf, 1.8f}, {"int8", kEf, 1.6f}, {"int4", kEf, 1.6f},
    {"mixture of experts", kEf, 1.0f}, {"moe", kEf, 0.9f}, {"speculative decoding", kEf, 2.2f},
    {"edge device*", kEf, 1.2f}, {"embedded", kEf, 0.3f}, {"microcontroller*", kEf, 1.8f},
    {"tinyml", kEf, 2.2f}, {"hardware", kEf, 0.8f}, {"gpu*", kEf, 0.7f}, {"fpga", kEf, 1.6f},
    {"energy consumption", kEf, 1.2f}, {"energy efficien*", kEf, 1.2f}, {"lightweight", kEf, 0.9f},
    {"scalable", kEf, 0.6f}, {"scalability", kEf, 0.4f}, {"linear time", kEf, 1.0f},
    {"flops", kEf, 1.2f}, {"inference cost*", kEf, 1.4f}, {"inference time", kEf, 0.5f},
    {"serving", kEf, 1.0f}, {"neuromorphic", kEf, 1.4f}, {"spiking", kEf, 1.3f},
    {"data efficient", kEf, 1.0f}, {"sample efficien*", kEf, 0.5f}, {"coreset*", kEf, 1.4f},
    {"data pruning", kEf, 1.4f}, {"fewer parameters", kEf, 1.2f}, {"fine tuning free", kEf, 1.0f},
    {"training free", kEf, 0.7f}, {"without fine tuning", kEf, 0.9f}, {"early exit*", kEf, 1.6f},
    {"linear attention", kEf, 0.8f}, {"token pruning", kEf, 1.0f}, {"forward pass", kEf, 0.4f},
    {"orders of magnitude", kEf, 0.6f}, {"adapter*", kEf, 0.7f}, {"token budget", kEf, 0.8f},
    // Large Language Models
    {"large language model*", kLl, 2.2f}, {"llm*", kLl, 1.6f}, {"language model*", kLl, 1.0f},
    {"gpt", kLl, 0.9f}, {"llama", kLl, 0.8f}, {"qwen*", kLl, 0.8f}, {"deepseek", kLl, 0.8f},
    {"chatgpt", kLl, 1.2f}, {"prompt*", kLl, 0.7f}, {"in context learning", kLl, 1.2f},
    {"instruction tun*", kLl, 1.5f}, {"chain of thought", kLl, 1.5f}, {"rlhf", kLl, 1.4f},
    {"dpo", kLl, 0.9f}, {"grpo", kLl, 1.1f}, {"rlvr", kLl, 1.5f}, {"sft", kLl, 1.0f},
    {"jailbreak*", kLl, 1.5f}, {"hallucinat*", kLl, 1.1f}, {"retrieval augmented", kLl, 1.1f},
    {"rag", kLl, 0.9f}, {"agentic", kLl, 1.2f}, {"tool use", kLl, 1.0f}, {"reasoning model*", kLl, 1.5f},
    {"post training", kLl, 0.8f}, {"pretraining", kLl, 0.5f}, {"mathematical reasoning", kLl, 0.9f},
    {"transformer*", kLl, 0.4f}, {"autoregressive", kLl, 0.4f}, {"kv cache", kLl, 0.8f},
    {"long context", kLl, 0.8f}, {"code generation", kLl, 0.7f}, {"preference optimization", kLl, 0.9f},
    {"test time scaling", kLl, 0.9f}, {"supervised fine tuning", kLl, 0.8f}, {"next token", kLl, 0.8f},
    {"mixture of experts", kLl, 0.4f}, {"steering vector*", kLl, 0.8f}, {"reasoning", kLl, 0.4f},
    // NLP
    {"natural language processing", kNl, 2.2f}, {"nlp", kNl, 2.0f}, {"natural language", kNl, 1.0f},
    {"text", kNl, 0.4f}, {"text classification", kNl, 1.5f}, {"machine translation", kNl, 2.4f},
    {"translation", kNl, 0.7f}, {"question answering", kNl, 1.2f}, {"summarization", kNl, 1.2f},
    {"sentiment", kNl, 1.5f}, {"named entity", kNl, 2.0f}, {"linguistic*", kNl, 1.4f},
    {"corpus", kNl, 0.8f}, {"corpora", kNl, 1.0f}, {"multilingual", kNl, 1.6f},
    {"low resource language*", kNl, 1.8f}, {"token*", kNl, 0.3f}, {"tokeniz*", kNl, 1.2f},
    {"bert", kNl, 1.0f}, {"word embedding*", kNl, 1.8f}, {"semantic", kNl, 0.3f},
    {"dialogue", kNl, 1.2f}, {"conversation*", kNl, 0.9f}, {"factual*", kNl, 0.9f},
    {"language model*", kNl, 0.6f}, {"large language model*", kNl, 0.4f}, {"llm*", kNl, 0.2f},
    {"documents", kNl, 0.8f}, {"information retrieval", kNl, 1.0f}, {"retrieval augmented", kNl, 0.5f},
    {"perplexity", kNl, 1.0f}, {"instruction following", kNl, 0.7f}, {"text generation", kNl, 1.3f},
    {"speech", kNl, 0.6f}, {"grammar*", kNl, 1.0f}, {"misinformation", kNl, 1.0f},
    {"reading comprehension", kNl, 1.6f}, {"catastrophic forgetting", kNl, 0.3f},
    {"language understanding", kNl, 1.3f}, {"transformers", kNl, 0.4f}, {"sentence*", kNl, 0.7f},
    // Interpretability
    {"interpretab*", kIn, 1.6f}, {"explainab*", kIn, 1.9f}, {"explanation*", kIn, 1.2f},
    {"xai", kIn, 2.2f}, {"attribution*", kIn, 1.3f}, {"feature importance", kIn, 1.4f},
    {"shap", kIn, 1.8f}, {"shapley", kIn, 1.6f}, {"lime", kIn, 0.9f}, {"saliency", kIn, 1.6f},
    {"mechanistic*", kIn, 1.5f}, {"mechanistic interpretability", kIn, 1.2f}, {"circuit*", kIn, 0.7f},
    {"sparse autoencoder*", kIn, 2.2f}, {"probing", kIn, 1.3f}, {"linear probe*", kIn, 1.3f},
    {"concept bottleneck", kIn, 2.0f}, {"concept based", kIn, 1.5f}, {"counterfactual explanation*", kIn, 1.5f},
    {"post hoc", kIn, 0.6f}, {"transparen*", kIn, 0.8f}, {"decision tree*", kIn, 0.6f},
    {"activation patching", kIn, 2.2f}, {"superposition", kIn, 1.0f}, {"steering", kIn, 0.6f},
    {"internal representation*", kIn, 0.9f}, {"monosemantic*", kIn, 2.0f}, {"symbolic regression", kIn, 1.2f},
    {"black box model*", kIn, 0.7f}, {"understand how", kIn, 0.5f}, {"rule based", kIn, 0.4f},
    {"trustworth*", kIn, 0.5f}, {"faithful*", kIn, 0.5f}, {"attention head*", kIn, 0.9f},
    // Reinforcement Learning
    {"reinforcement learning", kRl, 2.4f}, {"rl", kRl, 1.6f}, {"policy gradient*", kRl, 2.0f},
    {"policy optimization", kRl, 1.6f}, {"actor critic", kRl, 2.0f}, {"q learning", kRl, 2.2f},
    {"reward*", kRl, 1.1f}, {"policy", kRl, 0.6f}, {"policies", kRl, 0.7f}, {"bandit*", kRl, 1.6f},
    {"markov decision", kRl, 1.6f}, {"mdp*", kRl, 1.4f}, {"value function*", kRl, 1.3f},
    {"offline rl", kRl, 1.5f}, {"multi agent", kRl, 0.8f}, {"imitation learning", kRl, 1.3f},
    {"ppo", kRl, 1.4f}, {"grpo", kRl, 1.4f}, {"rlvr", kRl, 1.5f}, {"rlhf", kRl, 1.2f},
    {"exploration", kRl, 0.5f}, {"world model*", kRl, 0.9f}, {"temporal difference", kRl, 1.8f},
    {"optimal control", kRl, 0.6f}, {"replay buffer", kRl, 1.4f}, {"decision making", kRl, 0.4f},
    {"sequential decision", kRl, 1.0f}, {"mcts", kRl, 1.0f}, {"tree search", kRl, 0.7f},
    {"bellman", kRl, 1.6f}, {"rollout*", kRl, 0.7f}, {"verifiable reward*", kRl, 1.4f},
    // Graph Learning
    {"graph neural network*", kGr, 2.6f}, {"gnn*", kGr, 2.2f}, {"graph*", kGr, 0.9f},
    {"graph learning", kGr, 1.6f}, {"knowledge graph*", kGr, 1.8f}, {"node classification", kGr, 2.0f},
    {"link prediction", kGr, 2.0f}, {"message passing", kGr, 1.5f}, {"hypergraph*", kGr, 2.0f},
    {"graph transformer*", kGr, 1.8f}, {"community detection", kGr, 1.4f}, {"multigraph*", kGr, 1.8f},
    {"heterophil*", kGr, 2.0f}, {"oversmoothing", kGr, 2.0f}, {"over smoothing", kGr, 1.5f},
    {"graph matching", kGr, 1.5f}, {"edges", kGr, 0.5f}, {"nodes", kGr, 0.5f}, {"node", kGr, 0.4f},
    {"adjacency", kGr, 1.0f}, {"molecular graph*", kGr, 1.5f}, {"social network*", kGr, 0.8f},
    {"causal graph*", kGr, -0.4f}, {"computation* graph*", kGr, -1.0f}, {"subgraph*", kGr, 1.2f},
    {"molecul*", kGr, 0.5f}, {"causal discovery", kGr, 0.5f}, {"spatio temporal graph", kGr, 0.6f},
    // Federated Learning
    {"federated", kFe, 2.6f}, {"federated learning", kFe, 1.6f}, {"fedavg", kFe, 2.2f},
    {"client*", kFe, 0.7f}, {"client drift", kFe, 1.6f}, {"non iid", kFe, 1.2f},
    {"decentralized learning", kFe, 1.4f}, {"split learning", kFe, 1.6f}, {"aggregation", kFe, 0.3f},
    {"fl", kFe, 1.2f}, {"secure aggregation", kFe, 1.5f},
    // Generative Models
    {"diffusion model*", kGe, 2.2f}, {"diffusion", kGe, 1.3f}, {"flow matching", kGe, 2.2f},
    {"generative", kGe, 1.2f}, {"generative model*", kGe, 1.0f}, {"gan", kGe, 1.8f}, {"gans", kGe, 1.8f},
    {"generative adversarial", kGe, 1.8f}, {"variational autoencoder*", kGe, 1.8f}, {"vae*", kGe, 1.4f},
    {"normalizing flow*", kGe, 2.0f}, {"score based", kGe, 1.4f}, {"denois*", kGe, 0.9f},
    {"image generation", kGe, 1.4f}, {"synthetic data", kGe, 1.1f}, {"text to image", kGe, 1.6f},
    {"sampler*", kGe, 0.5f}, {"energy based", kGe, 0.9f}, {"consistency model*", kGe, 1.6f},
    {"rectified flow", kGe, 1.8f}, {"latent space", kGe, 0.4f}, {"guidance", kGe, 0.4f},
    {"generation", kGe, 0.3f}, {"generate", kGe, 0.2f}, {"generator", kGe, 0.6f},
    {"inverse design", kGe, 0.8f}, {"stochastic interpolant*", kGe, 1.6f}, {"schrodinger bridge*", kGe, 1.5f},
    {"generative ai", kGe, -0.3f}, {"autoencoder*", kGe, 0.4f}, {"sparse autoencoder*", kGe, -0.8f},
    // Time Series
    {"time series", kTi, 2.6f}, {"forecast*", kTi, 1.7f}, {"temporal", kTi, 0.7f},
    {"sequence model*", kTi, 0.8f}, {"recurrent", kTi, 0.7f}, {"lstm", kTi, 1.1f}, {"rnn*", kTi, 0.9f},
    {"state space model*", kTi, 1.0f}, {"eeg", kTi, 1.4f}, {"ecg", kTi, 1.4f}, {"sensor*", kTi, 0.7f},
    {"spatio temporal", kTi, 1.1f}, {"spatiotemporal", kTi, 1.2f}, {"weather", kTi, 1.1f},
    {"climate", kTi, 0.6f}, {"long term prediction", kTi, 0.8f}, {"dynamical system*", kTi, 1.0f},
    {"anomaly detection", kTi, 0.7f}, {"online", kTi, 0.3f}, {"nonstationar*", kTi, 1.0f},
    {"non stationar*", kTi, 1.0f}, {"distribution shift*", kTi, 0.1f}, {"stock", kTi, 0.8f},
    {"financial", kTi, 0.5f}, {"traffic", kTi, 0.6f}, {"change point*", kTi, 1.3f},
    {"trajector*", kTi, 0.3f}, {"long horizon", kTi, 0.4f}, {"signals", kTi, 0.6f},
    {"wearable*", kTi, 0.9f}, {"streaming", kTi, 0.5f}, {"degradation prognos*", kTi, 1.0f},
    {"remaining useful life", kTi, 1.5f}, {"electricity", kTi, 0.5f},
    // Robotics
    {"robot*", kRo, 2.3f}, {"manipulation", kRo, 0.9f}, {"locomotion", kRo, 1.8f},
    {"navigation", kRo, 0.9f}, {"autonomous driving", kRo, 1.8f}, {"autonomous vehicle*", kRo, 1.6f},
    {"embodied", kRo, 1.6f}, {"quadruped*", kRo, 2.0f}, {"humanoid*", kRo, 2.0f},
    {"drone*", kRo, 1.5f}, {"uav*", kRo, 1.4f}, {"motion planning", kRo, 1.8f}, {"grasp*", kRo, 1.6f},
    {"vision language action", kRo, 2.0f}, {"vla", kRo, 1.6f}, {"sim to real", kRo, 1.6f},
    {"control", kRo, 0.4f}, {"continuous control", kRo, 0.9f}, {"mujoco", kRo, 1.0f},
    {"controller*", kRo, 0.4f}, {"pendulum", kRo, 0.8f}, {"mechanical system*", kRo, 0.9f},
    {"lagrange", kRo, 0.4f}, {"collision*", kRo, 0.6f}, {"behavior tree*", kRo, 1.0f}, {"dexterous", kRo, 1.6f},
    {"rigid body", kRo, 0.9f}, {"kinematic*", kRo, 0.9f},
    // Computer Vision
    {"computer vision", kCv, 2.4f}, {"image*", kCv, 1.0f}, {"image classification", kCv, 1.6f},
    {"imagenet", kCv, 1.1f}, {"cifar", kCv, 0.8f}, {"mnist", kCv, 0.5f}, {"object detection", kCv, 2.0f},
    {"segmentation", kCv, 1.3f}, {"video*", kCv, 1.3f}, {"visual", kCv, 0.8f}, {"vision", kCv, 0.8f},
    {"vision transformer*", kCv, 1.6f}, {"vit", kCv, 0.9f}, {"convolutional", kCv, 0.8f}, {"cnn*", kCv, 0.9f},
    {"pixel*", kCv, 0.9f}, {"3d reconstruction", kCv, 1.6f}, {"point cloud*", kCv, 1.4f},
    {"gaussian splatting", kCv, 2.0f}, {"nerf", kCv, 1.8f}, {"radiance field*", kCv, 1.8f},
    {"medical imag*", kCv, 1.6f}, {"mri", kCv, 1.2f}, {"radiolog*", kCv, 1.0f}, {"histopatholog*", kCv, 1.4f},
    {"remote sensing", kCv, 1.3f}, {"satellite", kCv, 0.8f}, {"face recognition", kCv, 1.6f},
    {"text to image", kCv, 0.8f}, {"resnet*", kCv, 0.7f}, {"optical flow", kCv, 1.6f}, {"ct scan*", kCv, 1.2f},
    {"camera*", kCv, 1.0f}, {"pose estimation", kCv, 1.6f}, {"clip", kCv, 0.6f}, {"dinov2", kCv, 1.0f},
    // Multimodal
    {"multimodal*", kMm, 2.2f}, {"multi modal*", kMm, 2.2f}, {"vision language", kMm, 2.2f},
    {"cross modal", kMm, 1.8f}, {"vlm*", kMm, 1.8f}, {"mllm*", kMm, 2.0f}, {"image text", kMm, 1.6f},
    {"text to image", kMm, 0.7f}, {"audio visual", kMm, 2.0f}, {"modality", kMm, 1.1f},
    {"modalities", kMm, 1.2f}, {"clip", kMm, 0.8f}, {"speech and text", kMm, 1.5f},
    {"sensor fusion", kMm, 1.2f}, {"audio", kMm, 0.6f}, {"visual question answering", kMm, 1.8f},
    {"image captioning", kMm, 1.6f}, {"omni modal", kMm, 1.8f},
};
// clang-format on

const grounding::PhraseSet& Phrases() {
  static const grounding::PhraseSet kSet([] {
    std::vector<std::string> phrases;
    for (const Pattern& pattern : kPatterns) phrases.emplace_back(pattern.phrase);
    return phrases;
  }());
  return kSet;
}

}  // namespace

std::span<const Pattern> Patterns() { return kPatterns; }

void MatchLexicon(const Reading& reading, LexiconFindings& findings) {
  // By pattern: its place among the hits and one; 0: not found yet.
  thread_local std::array<uint16_t, std::size(kPatterns)> places{};
  findings.hits.clear();
  const auto match = [&](std::string_view text, const std::vector<grounding::Word>& words,
                         uint32_t times, bool in_title) {
    Phrases().Match(text, words, [&](const grounding::PhraseSet::Hit& hit) {
      uint16_t& place = places[hit.phrase];
      if (place == 0) {
        findings.hits.push_back({hit.phrase, 0, hit.first, hit.count, in_title, 0});
        place = static_cast<uint16_t>(findings.hits.size());
      }
      findings.hits[place - 1U].times += times;
    });
  };
  match(reading.title, reading.title_words, kTitleTimes, true);
  match(reading.text, reading.text_words, 1, false);
  findings.strength.fill(0);
  for (PatternHit& hit : findings.hits) {
    places[hit.pattern] = 0;
    const Pattern& pattern = kPatterns[hit.pattern];
    const uint32_t again = std::min(hit.times, kMostTimes) - 1;
    hit.worth = pattern.weight * (1.0f + kRepeat * static_cast<float>(again));
    findings.strength[pattern.tag] += hit.worth;
  }
  for (float& strength : findings.strength) strength = std::log1p(std::max(0.0f, strength));
}

}  // namespace paperwire::classify
