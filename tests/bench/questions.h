#pragma once

#include <cstddef>
#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::bench {

// What readers ask: the mix, in turn.
inline constexpr const char* kQuestions[] = {
    "diffusion",
    "large language models",
    "\"reinforcement learning\"",
    "transform*",
    "tag:computer-vision segmentation",
    "graph neural networks",
    "GRPO",
    "author:wang federated",
    "difusion modle",
    "time series forecasting",
    "\"chain of thought\" -survey",
    "date:2026-06-12.. robustness",
    "kernel",
    "self-supervised representation learning",
    "cat:stat.ML bayesian inference",
    "retrieval augmented generation",
    "offline reinforcement learning",
    "quantiz*",
    "model",
    "in-context learning transformers",
};

// Recorded papers as cards, at most `most` of them, announced on seven days.
std::vector<v1::Entry> Cards(size_t most);

}  // namespace paperwire::bench
