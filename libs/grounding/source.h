#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/arithmetic.h"
#include "libs/grounding/fold.h"
#include "libs/grounding/name_index.h"
#include "libs/grounding/numbers.h"

namespace paperwire::grounding {

// How a number stands to a source.
enum class Standing {
  kHeld,
  // It follows from numbers of one sentence of the source.
  kDerived,
  // The source holds it with another unit.
  kOtherUnit,
  kMissing,
};

// What a card is made from, read once. Constant after construction, thread-safe.
class Source {
 public:
  // Keeps a copy of the text.
  explicit Source(std::string_view text);
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  std::string_view text() const { return text_; }
  const NameIndex& names() const { return names_; }

  // `folded` is the text that holds `number`.
  Standing Find(const Number& number, std::string_view folded) const;

 private:
  bool Holds(const Number& number) const;
  bool HoldsAs(const Number& number) const;
  bool HoldsValue(double value, double step, const Number& asked, bool as_shown) const;
  bool HoldsOtherUnit(const Number& number) const;
  bool IsNearMiss(const Number& number) const;
  bool HoldsVersion(const Number& number, std::string_view folded) const;
  bool HoldsSeries(const Number& number, std::string_view folded) const;

  const std::string text_;
  const Folded folded_;
  const NameIndex names_;
  const std::vector<Number> numbers_;
  const Arithmetic arithmetic_;
  // The same by value, and by the value as shown, whatever the unit; a number that may share the
  // unit of the next one stands in both senses.
  std::vector<Number> by_value_;
  std::vector<Number> by_shown_;
};

}  // namespace paperwire::grounding
