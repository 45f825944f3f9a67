#pragma once

#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/summarize/addresses.h"
#include "services/summarize/prompt.h"
#include "services/summarize/related.h"
#include "services/summarize/stated_amounts.h"
#include "services/summarize/stated_units.h"

namespace paperwire::summarize {

// What a model's answer is worth.
struct Judged {
  // The parts, told in the third person, without every sentence that may not be printed, and the
  // keywords of what the model was told; the verdict on each section is in its provenance, which
  // has nothing else.
  v1::Summary summary;
  // What is wrong with the answer, for the model that is asked again; empty: nothing.
  std::vector<std::string> faults;
  // Why what is left is no card; UNSPECIFIED: it is one.
  v1::FallbackReason failure = v1::FALLBACK_REASON_UNSPECIFIED;
};

// Holds answers against what the model was told: the grounding gate, and on top of it what only a
// model that writes freely can do (smuggled.h, addresses.h, related.h, stated_units.h,
// stated_amounts.h, the lengths). Constant after construction, thread-safe.
//
// Asked for, and so a fault: a tldr of one sentence and at most 30 words, three or four highlights
// of at most 20 words, a summary of 60 to 190 words and not longer than the abstract, sections of
// at most 75 words. Still printed where the second answer is no better: 40, 30, 260 and 120 words.
// A card needs a tldr, a summary that kept half of its sentences, three highlights (or as many as
// the embedded card has), no methodology and no results that were removed whole ("not stated" would
// be a lie), one of these two where the embedded card has one, and its subject in common with the
// abstract. A sentence that is not about the paper counts as one with a name that the source lacks.
class Judge {
 public:
  // `embedded` is the embedded card of the same paper: what its abstract is good for at least.
  Judge(const Material& material, const v1::Summary& embedded);

  Judged Look(const v1::Summary& answer) const;

 private:
  void TakeOut(v1::Section section, std::string& text, v1::GroundingVerdict& verdict) const;
  void Measure(const v1::Summary& summary, std::vector<std::string>& faults) const;
  v1::FallbackReason FailureOf(const v1::Summary& answer, const v1::Summary& left) const;

  const std::string source_;
  const std::vector<std::string> keywords_;
  const Related related_;
  const StatedUnits units_;
  const StatedAmounts amounts_;
  const StatedAddresses addresses_;
  const bool english_;
  const int abstract_words_;
  const int highlights_;
  const bool states_method_or_results_;
};

}  // namespace paperwire::summarize
