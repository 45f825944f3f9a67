#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// What a number counts.
enum class NumberKind {
  kPlain,
  kPercent,
  // "3x", "3×", "threefold", "twice", "a factor of 3".
  kFactor,
  // A name that holds digits ("GPT-4", "ResNet-50"): it has no value, only its letters.
  kName,
};

// A number as it stands in a text.
struct Number {
  // Where it stands: [begin, end) in bytes.
  size_t begin = 0;
  size_t end = 0;
  NumberKind kind = NumberKind::kPlain;
  double value = 0;
  // The worth of one unit of the last digit shown: 0.1 for "93.4", 1e5 for "3.2M", 1 for "1,200".
  double step = 1;
  // Written in letters ("three", "second").
  bool in_words = false;
  // Such words count something only now and then ("one may", "first, …", "twice"): they ground
  // other numbers, but need no ground themselves.
  bool loose = false;
};

// All numbers of `text`, in order. Understands thousands separators, %, K/M/B/T, "10^4", "1e-3",
// "2 × 10^5", TeX's "10^{4}" and "1{,}000", number words up to millions, ×-factors, ordinals, and
// ranges and lists whose unit stands at the end ("10–20%"). Linear in the text. Pure, thread-safe.
std::vector<Number> FindNumbers(std::string_view text);

}  // namespace paperwire::grounding
