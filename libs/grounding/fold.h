#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::grounding {

// A text as it is compared: what TeX and Unicode can write in several ways (digits, exponents,
// signs, dashes, spaces, Greek and accented letters) stands in it in one. Built in one pass over
// the text; constant and thread-safe afterwards.
//
//   "$1{,}200$", "１,200"        "1,200"
//   "$10^{-4}$", "10⁻⁴"          "10^-4"
//   "93.4 \%", "3$\times$"       "93.4 %", "3*" with kTimes for the sign
//   "$\beta$-VAE", "β–VAE"       "beta-VAE"
class Folded {
 public:
  // Stands for × in the text: no text from outside holds this byte, because it is a control sign.
  static constexpr char kTimes = '\x01';

  explicit Folded(std::string_view text);

  std::string_view text() const { return text_; }
  // Where in the original the byte at `at` comes from; at the end: the original's length.
  size_t OriginalOf(size_t at) const;
  // What was written where [begin, end) stands.
  std::string_view Written(std::string_view original, size_t begin, size_t end) const;

 private:
  friend class Folder;

  // From `at` on, the text stands in the original where it stands here, plus an offset; until the
  // next run.
  struct Run {
    uint32_t at = 0;
    uint32_t from = 0;
  };

  std::string text_;
  size_t original_size_ = 0;
  std::vector<Run> runs_;
};

}  // namespace paperwire::grounding
