#include "libs/tags/catalogue.h"

#include <array>

namespace paperwire::tags {
namespace {

constexpr std::array<TagInfo, 14> kCatalogue = {{
    {"theory", "Theory",
     "Proofs, bounds, convergence, identifiability, statistical foundations; a formal result is a "
     "main contribution.",
     "A formula used to explain a method that is judged by experiments alone."},
    {"optimization", "Optimization",
     "Optimizers, training dynamics, loss landscapes, combinatorial and black-box optimization, "
     "control and scheduling as optimization.",
     "Training an ordinary model with an ordinary optimizer."},
    {"efficient-ml", "Efficient ML",
     "Less compute, memory, data or energy: compression, quantization, sparsity, caching, fast "
     "inference, parameter-efficient tuning.",
     "Being somewhat faster as a side effect."},
    {"large-language-models", "Large Language Models",
     "Training, adapting, serving, evaluating or understanding large language models, and agents "
     "built on them.",
     "Papers that only mention them as motivation."},
    {"nlp", "NLP",
     "Understanding or producing human language: translation, question answering, retrieval over "
     "text, language modelling as a task.",
     "Language models used on problems that are not about language."},
    {"interpretability", "Interpretability",
     "Explaining what models compute: attribution, probing, mechanistic analysis, concept-based "
     "and "
     "inherently transparent models.",
     "Error analysis without insight into the model."},
    {"reinforcement-learning", "Reinforcement Learning",
     "Learning from reward: policies, value functions, bandits, offline and multi-agent learning, "
     "reward modelling.",
     "Search or control without learning from reward."},
    {"graph-learning", "Graph Learning",
     "Learning on graphs and networks: graph neural networks, knowledge graphs, molecules as "
     "graphs, link prediction.",
     "Computation graphs, and plots called graphs."},
    {"federated-learning", "Federated Learning",
     "Training over clients that keep their data: aggregation, heterogeneity, privacy of clients, "
     "split learning.",
     "Data-parallel training inside one cluster."},
    {"generative-models", "Generative Models",
     "Diffusion, flow matching, adversarial networks, autoencoders and other models whose product "
     "is new samples.",
     "Language models answering questions."},
    {"time-series", "Time Series",
     "Forecasting, anomaly detection, sequences over time: sensors, finance, weather, dynamical "
     "systems.",
     "Text as a sequence; training steps over time."},
    {"robotics", "Robotics",
     "Manipulation, locomotion, navigation, driving, embodied agents and their control.",
     "Simulated games without a body."},
    {"computer-vision", "Computer Vision",
     "Images, video, 3D scenes: recognition, detection, segmentation, medical imaging.",
     "A vision data set used only as a benchmark."},
    {"multimodal", "Multimodal",
     "Several modalities together: vision and language, audio and text, fused sensors.",
     "One modality with tabular side information."},
}};

}  // namespace

std::span<const TagInfo> Catalogue() { return kCatalogue; }

const TagInfo* FindBySlug(std::string_view slug) {
  for (const TagInfo& tag : kCatalogue) {
    if (tag.slug == slug) return &tag;
  }
  return nullptr;
}

}  // namespace paperwire::tags
