#pragma once

#include <string_view>
#include <vector>

#include "libs/grounding/numbers.h"

namespace paperwire::grounding {

// What can be worked out from a source that does not say it: a card that does so is told, not
// refused, because its reader can do the same sum and a summarizer can get it wrong.
//
//   half, "2x", "50%", "1.5x" and "150%" or "50%" for one another
//   of two numbers of one kind that a sentence compares ("from … to …", "vs", "than"): their ratio
//   as a factor, the change from one to the other in percent, their difference
//   the sum of two counts that a sentence puts together ("120 papers and 30 books")
//
// Each rounds to the digits that the card shows. Constant after construction, thread-safe.
class Arithmetic {
 public:
  // `numbers` are those of `folded`, in order.
  Arithmetic(std::string_view folded, const std::vector<Number>& numbers);

  bool Yields(const Number& asked) const;

 private:
  struct Result {
    NumberKind kind = NumberKind::kPlain;
    double value = 0;
  };

  void AddAlone(const Number& number);
  void AddPair(const Number& first, const Number& second);
  void AddSum(const Number& first, const Number& second);
  void Add(NumberKind kind, double value);

  // By kind and value.
  std::vector<Result> results_;
};

// How many things `folded` counts off around the number at [begin, end): "(1) … (2) …", or after a
// colon or an opening bracket that follows in the same sentence, "A, B and C". 0: none.
int CountedOff(std::string_view folded, size_t begin, size_t end);

}  // namespace paperwire::grounding
