"""What authors' own keywords say about the tags: one expression a tag, over each keyword in lower
case."""

import json
import pathlib
import re

_CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "libs" / "tags" / "catalogue.json"
SLUGS = [tag["slug"] for tag in json.loads(_CATALOGUE.read_text(encoding="utf-8"))["tags"]]

_SAYS = {
    "theory":
        r"theor(y|em|etical)|sample complexity|generali[sz]ation bound|\bpac\b|regret|"
        r"minimax|neural tangent|kernel method|optimal transport|identifiab|expressiv|"
        r"statistic|implicit (bias|regulari)|causal (inference|discovery)|causality|"
        r"gaussian process|information theory|concentration|differential equation|"
        r"neural operator|lower bound|mean.field|universal approximation|conformal|"
        r"learning theory|variational inference|bayesian|uncertainty|over.?parameteri|"
        r"mcmc|langevin",
    "optimization":
        r"optimi[sz](ation|er|ing)|gradient (descent|method)|\bsgd\b|\badam\b|convex|"
        r"convergence|learning rate|loss landscape|training dynamics|combinatorial|"
        r"bilevel|scheduling|variance reduction|second.order|evolutionary|hyperparameter|"
        r"batch (size|norm)|optimal control|constraint sat|resource allocation|"
        r"architecture search|auto ?ml",
    "efficient-ml":
        r"efficien|compress|quanti[sz]|prun|sparsi|distill|low.rank|\blora\b|accelerat|"
        r"lightweight|hardware|on.device|edge (comput|device)|mixture.of.experts|kv.cache|"
        r"speculative|memory.efficient|energy|early exit|binary neural|lottery ticket|"
        r"coreset|active learning|spiking|neuromorphic|scalab",
    "large-language-models":
        r"large language model|\bllms?\b|\bgpt|in.context learning|instruction.tun|"
        r"chain.of.thought|prompt|rlhf|alignment of language|language agent|\brag\b|"
        r"foundation model.*language|language model|jailbreak|hallucinat",
    "nlp":
        r"natural language|\bnlp\b|machine translation|question answering|text|"
        r"language model|dialog|summari[sz]ation|\bbert\b|sentiment|named entity|"
        r"information extraction|linguistic|multilingual|semantic parsing|"
        r"language (generation|understanding)|word embedding|speech recognition|"
        r"conversation|information retrieval|token",
    "interpretability":
        r"interpretab|explainab|explanation|attribution|saliency|mechanistic|"
        r"prob(e|ing)\b|concept.(based|bottleneck)|shapley|feature importance|\bxai\b|"
        r"transparen|sparse autoencoder|circuit",
    "reinforcement-learning":
        r"reinforcement|\brl\b|bandit|policy (gradient|optimi|learning|search)|q.learning|"
        r"actor.critic|imitation learning|markov decision|reward|rlhf|"
        r"multi.agent learning|exploration|model.based rl|behaviou?r cloning|world model",
    "graph-learning":
        r"graph|\bgnns?\b|link prediction|node classif|message passing|molecul|"
        r"network embedding|relational",
    "federated-learning":
        r"federated|decentrali[sz]ed (learning|training|optim)|split learning",
    "generative-models":
        r"generative|\bgans?\b|\bvaes?\b|diffusion|variational auto|normali[sz]ing flow|"
        r"flow matching|score.based|energy.based|image (generation|synthesis)|"
        r"synthetic data|density estimation|text.to.image|autoregressive model|"
        r"video generation",
    "time-series":
        r"time.?series|forecast|temporal|recurrent neural|\brnns?\b|\blstm\b|"
        r"state.space model|dynamical system|anomaly detection|sequence model|\beeg\b|"
        r"\becg\b|sensor|streams?\b|weather|climate|point process|spatio",
    "robotics":
        r"robot|manipulation|locomotion|autonomous (driving|vehicle)|navigation|"
        r"sim.?(to|2).?real|embodied|grasp|motion planning|vision.language.action|"
        r"continuous control|dexterous|legged|drone|humanoid",
    "computer-vision":
        r"vision(?!.*language)|\bcv\b|image|video|object detection|segmentation|\b3d\b|"
        r"point cloud|visual|face|pose|convolutional|\bcnns?\b|nerf|recognition|scene|"
        r"optical flow|depth estimation|super.resolution|\bvit\b",
    "multimodal":
        r"multi.?modal|vision.(and.)?language|language and vision|cross.modal|"
        r"audio.?visual|image.text|\bvlms?\b|\bclip\b|\bmllms?\b|visual question",
}
_SAYS = {slug: re.compile(says) for slug, says in _SAYS.items()}


def tags_of(keywords):
    """The slugs that keywords speak for, given as a list or as one text with commas."""
    if isinstance(keywords, str):
        keywords = keywords.replace(";", ",").split(",")
    words = [word.strip().lower() for word in keywords]
    return {slug for slug, says in _SAYS.items() if any(says.search(word) for word in words)}


def slug_of(name):
    """The slug of a tag's name."""
    return name.lower().replace(" ", "-")


def order_hash():
    """Of the slugs in their order (FNV-1a, 32 bits), for weights go by the index."""
    value = 2166136261
    for byte in "".join(slug + "\n" for slug in SLUGS).encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value
