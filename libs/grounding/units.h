#pragma once

#include <string_view>

#include "libs/grounding/numbers.h"

namespace paperwire::grounding {

// A unit of measure: what it measures, and what one of it is worth in the unit of its kind.
struct Unit {
  NumberKind kind = NumberKind::kPlain;
  double worth = 1;
};

// The unit that `word` names after a number ("ms", "GB", "hours"); nullptr: none. Symbols count
// with their case, words without. Constant time. Thread-safe.
const Unit* FindUnit(std::string_view word);

// Whether `word` is a unit's symbol, with its case ("GB", "dB").
bool IsUnitSymbol(std::string_view word);

// What a word says of a number.
enum class NumberWordKind {
  // "zero" … "ninety".
  kSmall,
  // "hundred" … "trillion", "dozen".
  kScale,
  // "first" … "tenth".
  kOrdinal,
  // "twice", "thrice".
  kFactor,
  // "doubles", "halved": what happened to something.
  kChange,
  // "single", "pair", "dual", …: they ground a number, and need no ground.
  kHidden,
};

struct NumberWord {
  std::string_view word;
  NumberWordKind kind = NumberWordKind::kSmall;
  double value = 0;
};

// What `word`, in lower case, says; nullptr: nothing. Constant time. Thread-safe.
const NumberWord* FindNumberWord(std::string_view word);

}  // namespace paperwire::grounding
