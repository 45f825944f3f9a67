#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace paperwire::weights {

// Reads a file of weights as tools/training writes it: a mark of eight letters, little-endian
// numbers, then int8 weights. The program stops with one line when the bytes are something else,
// because then it was built wrongly. Not thread-safe.
class Reader {
 public:
  // `bytes` must outlive what Weights returns.
  Reader(std::string_view bytes, std::string_view mark);

  // A whole number that must be `value`.
  void Expect(uint32_t value);
  // One that must not be above `most`.
  uint32_t NumberUpTo(uint32_t most);
  std::vector<uint32_t> Numbers(size_t count);
  float Float();
  // The rest, which must be `count` weights.
  const int8_t* Weights(size_t count);

 private:
  uint32_t Number();

  std::string_view bytes_;
};

}  // namespace paperwire::weights
