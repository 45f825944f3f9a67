#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// What a number counts. Two kinds are never the same thing; a plain number may be any.
enum class NumberKind {
  kPlain,
  kPercent,
  // "3x", "3×", "threefold", "twice", "a factor of 3", "two orders of magnitude" (100).
  kFactor,
  // "3D", "three-dimensional".
  kDimension,
  // Quantities, in seconds, bytes, bits, hertz, metres, watts, joules, operations, decibels.
  kTime,
  kBytes,
  kBits,
  kFrequency,
  kLength,
  kPower,
  kEnergy,
  kOperations,
  kDecibel,
};

// A number as it stands in a folded text (fold.h).
struct Number {
  // Where it stands with its unit: [begin, end) in bytes of the folded text.
  size_t begin = 0;
  size_t end = 0;
  NumberKind kind = NumberKind::kPlain;
  // In the unit of its kind: 0.08 for "80 ms", 93.4 for "93.4 %". Finite, never negative.
  double value = 0;
  // The worth of one unit of the last digit shown: 0.1 for "93.4", 1e5 for "3.2M", 1 for "1,200".
  double step = 1;
  // What one of the unit as written is worth in the unit of the kind: 0.001 for "ms".
  double unit = 1;
  // What the scale as written is worth: 1e9 for "7B", 1e6 for "3 million".
  double scale = 1;
  // Written in letters ("three", "second").
  bool in_words = false;
  // Counts something only now and then ("one may", "first, …", the 2 of "(2)" in a list), or is a
  // part of a name: such numbers ground others, but need no ground themselves.
  bool loose = false;
  // "doubles", "halved": says what happened to something. May follow from other numbers.
  bool verb = false;
  // The unit of the number after it may be its own too ("10-20%", "7-8B"): what it counts and is
  // worth then. As `kind` and 1 where there is no such number.
  NumberKind shared_kind = NumberKind::kPlain;
  double shared_unit = 1;
  double shared_scale = 1;
  // Joined to a word by a hyphen ("resnet-50"): where that word begins; otherwise as `begin`.
  size_t name_begin = 0;
  // Goes on a name with digits over a slash (the 100 of "CIFAR-10/100"): [series_begin,
  // series_end) is what the names have in common. Empty: it does not.
  size_t series_begin = 0;
  size_t series_end = 0;
};

// All numbers of `folded`, in order. Understands thousands separators, %, K/M/B/T, "10^4", "1e-3",
// "2*10^5", number words up to trillions, ×-factors, ordinals, the units above, list numbers, and
// ranges and lists whose unit stands at the end ("10-20%", "from 40 to 80 ms"). Names that hold
// digits (GPT-4) are no numbers. Numbers too large to count with are left out. Linear in the text.
// Pure, thread-safe.
std::vector<Number> FindNumbers(std::string_view folded);

}  // namespace paperwire::grounding
