#include "services/summarize/grounding_metrics.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace paperwire::summarize {
namespace {

// "GROUNDING_OUTCOME_REMOVED" as "removed".
std::string Label(const std::string& name, std::string_view prefix) {
  std::string label = name.substr(prefix.size());
  std::transform(label.begin(), label.end(), label.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return label;
}

}  // namespace

GroundingMetrics::GroundingMetrics(prometheus::Registry& metrics) {
  auto& sections = prometheus::BuildCounter()
                       .Name("paperwire_summarize_grounding_total")
                       .Help("Sections of cards, by the grounding gate's outcome.")
                       .Register(metrics);
  for (int section = 1; section < v1::Section_ARRAYSIZE; ++section) {
    for (int outcome = 1; outcome < v1::GroundingOutcome_ARRAYSIZE; ++outcome) {
      sections_[section][outcome] = &sections.Add(
          {{"section", Label(v1::Section_Name(section), "SECTION_")},
           {"outcome", Label(v1::GroundingOutcome_Name(outcome), "GROUNDING_OUTCOME_")}});
    }
  }
  auto& items = prometheus::BuildCounter()
                    .Name("paperwire_summarize_grounding_items_total")
                    .Help("What the grounding gate found in cards, by kind.")
                    .Register(metrics);
  for (int kind = 1; kind < v1::GroundingItemKind_ARRAYSIZE; ++kind) {
    items_[kind] =
        &items.Add({{"kind", Label(v1::GroundingItemKind_Name(kind), "GROUNDING_ITEM_KIND_")}});
  }
}

void GroundingMetrics::Count(const v1::Provenance& provenance) const {
  for (const v1::GroundingVerdict& verdict : provenance.grounding()) {
    if (!v1::Section_IsValid(verdict.section()) ||
        !v1::GroundingOutcome_IsValid(verdict.outcome())) {
      continue;
    }
    prometheus::Counter* section = sections_[verdict.section()][verdict.outcome()];
    if (section != nullptr) section->Increment();
    for (const v1::GroundingItem& item : verdict.items()) {
      if (!v1::GroundingItemKind_IsValid(item.kind())) continue;
      prometheus::Counter* kind = items_[item.kind()];
      if (kind != nullptr) kind->Increment();
    }
  }
}

}  // namespace paperwire::summarize
