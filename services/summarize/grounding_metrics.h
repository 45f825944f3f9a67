#pragma once

#include <array>
#include <utility>

#include "paperwire/v1/paper.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"

namespace paperwire::summarize {

// Counts what the grounding gate said of cards: sections by outcome, and what was found by kind.
// Thread-safe; `metrics` must outlive it.
class GroundingMetrics {
 public:
  explicit GroundingMetrics(prometheus::Registry& metrics);

  // Adds the verdicts that a card carries.
  void Count(const v1::Provenance& provenance) const;

 private:
  // By the numbers of their enums; no counter for what has no label yet.
  // Constant after construction.
  std::array<std::array<prometheus::Counter*, v1::GroundingOutcome_ARRAYSIZE>,
             v1::Section_ARRAYSIZE>
      sections_{};
  std::array<prometheus::Counter*, v1::GroundingItemKind_ARRAYSIZE> items_{};
};

}  // namespace paperwire::summarize
