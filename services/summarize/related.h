#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace paperwire::summarize {

// Whether a text is about what its source is about, by the words that carry meaning, compared by
// their beginnings. Names and numbers are the grounding gate's; this finds the sentence that has
// neither and comes from somewhere else. Constant after construction, thread-safe.
class Related {
 public:
  explicit Related(std::string_view source);

  struct Share {
    // Different words that carry meaning, and how many of them the source has.
    int words = 0;
    int held = 0;
  };
  Share ShareOf(std::string_view text) const;

  // Of what language models wrote about 3,000 papers, one sentence in 300 is found unrelated, most
  // of them on code that is released; of what they wrote about other papers, seven in ten.
  bool IsUnrelated(std::string_view sentence) const;

 private:
  std::unordered_set<uint64_t> beginnings_;
};

}  // namespace paperwire::summarize
