#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace paperwire::summarize {

// The weights under models/, compiled in.
std::string_view RoleModelBytes();
std::string_view PartModelBytes();

// Reads a file of weights as tools/training writes it: a mark of eight letters, little-endian
// numbers, then int8 weights. The program stops with one line when the bytes are something else,
// because then it was built wrongly. Not thread-safe.
class ModelReader {
 public:
  // `bytes` must outlive what Weights returns.
  ModelReader(std::string_view bytes, std::string_view mark);

  // A whole number that must be `value`.
  void Expect(uint32_t value);
  float Float();
  // The rest, which must be `count` weights.
  const int8_t* Weights(size_t count);

 private:
  uint32_t Word();

  std::string_view bytes_;
};

}  // namespace paperwire::summarize
