#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/source.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::grounding {

// One thing found in a text.
struct Item {
  v1::GroundingItemKind kind = v1::GROUNDING_ITEM_KIND_UNSPECIFIED;
  // As written; empty where the whole text is meant.
  std::string text;
};

// Whether a sentence goes for it. Arithmetic is only told, hidden characters only taken out.
bool Refuses(v1::GroundingItemKind kind);

// What became of one text.
struct Verdict {
  // GROUNDED, FLAGGED (nothing to remove, but something to tell) or REMOVED.
  v1::GroundingOutcome outcome = v1::GROUNDING_OUTCOME_GROUNDED;
  std::vector<Item> items;
  // The text without the sentences that are refused; empty if all of them are.
  std::string kept;
  // How many sentences that were.
  int removed = 0;
};

// Holds the texts of a card against what they were made from: numbers, units and names must occur
// in the source, and the text must be fit for a card (README.md has the rules). The source is read
// once. Constant after construction, thread-safe; linear in source and text.
class Gate {
 public:
  // `source` is copied as far as it is needed.
  explicit Gate(std::string_view source);

  // The verdict on one section, or on one line of the highlights. An empty text is grounded: what
  // the source does not state may be left out. SECTION_UNSPECIFIED has the widest bound.
  Verdict Check(v1::Section section, std::string_view text) const;

  // The verdict on a term that stands alone: it must occur in the source as a whole, whatever the
  // case, the hyphens and the plural.
  Verdict CheckTerm(std::string_view term) const;

 private:
  const Source source_;
};

// The numbers of `text` that do not occur in `source`, as written in `text`; those that follow from
// it by arithmetic are not among them. Pure, thread-safe.
std::vector<std::string> UngroundedNumbers(std::string_view text, std::string_view source);

// Takes out of `summary` every sentence and every keyword that the gate refuses, and states the
// verdict on every section in summary.provenance.grounding. A section that lost something keeps
// saying so when it is looked at again; keywords have a verdict only where one was refused. Returns
// how many sentences were removed. Pure, thread-safe.
int Apply(v1::Summary& summary, std::string_view source);

// The verdicts that Apply would state, without removing anything: what to tell a summarizer that is
// asked again. Pure, thread-safe.
std::vector<v1::GroundingVerdict> Report(const v1::Summary& summary, std::string_view source);

}  // namespace paperwire::grounding
