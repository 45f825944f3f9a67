#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace paperwire::summarize {

// The units that a source gives its numbers, as written. The grounding gate forgives a unit where
// it knows none in the source; a model that writes freely can be held to more: the same number has
// the same unit. Constant after construction, thread-safe.
class StatedUnits {
 public:
  explicit StatedUnits(std::string_view source);

  // The first number of `text` that has a unit ("2.7%") which the source gives to another kind of
  // thing ("2.7 points"), or to none at all; a view into the text, empty: there is none. Numbers
  // that the source does not have are the gate's. Linear.
  std::string_view FindOther(std::string_view text) const;

 private:
  // By the number as written without commas: its units; "" where none is known.
  std::map<std::string, std::set<std::string_view>, std::less<>> of_;
  std::set<std::string_view> all_;
};

}  // namespace paperwire::summarize
