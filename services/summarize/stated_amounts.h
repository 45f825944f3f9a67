#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/numbers.h"

namespace paperwire::summarize {

// The amounts that a source states, for words that tell one without a number: "by half", "a
// quarter", "triples the speed", "dozens", "thousands", "a hundredfold", "orders of magnitude",
// "a single day". The grounding gate needs no ground for them, since an abstract's own sentences
// hold many; a model that writes freely can be held to more. Constant after construction,
// thread-safe.
class StatedAmounts {
 public:
  explicit StatedAmounts(std::string_view source);

  // The first such word of `text` whose amount the source has neither in words nor in figures; a
  // view into the text, empty: there is none. Words with a hyphen behind them ("half-precision")
  // are names of things. Linear but for the numbers of the source.
  std::string_view FindOther(std::string_view text) const;

 private:
  bool HoldsWord(std::string_view begin) const;
  bool HoldsFraction(double part) const;
  bool HoldsFactor(double least, double most) const;
  bool HoldsBetween(double least, double most) const;
  bool IsStated(std::string_view word, std::string_view before, std::string_view next) const;

  const std::string source_;
  std::set<std::string, std::less<>> words_;
  std::vector<grounding::Number> numbers_;
};

}  // namespace paperwire::summarize
