#include "libs/weights/reader.h"

#include <bit>
#include <cstdio>
#include <cstdlib>

namespace paperwire::weights {
namespace {

[[noreturn]] void Broken(const char* what) {
  std::fprintf(stderr, "the compiled-in weights are broken: %s\n", what);
  std::abort();
}

}  // namespace

Reader::Reader(std::string_view bytes, std::string_view mark) : bytes_(bytes) {
  if (!bytes_.starts_with(mark)) Broken("no mark");
  bytes_.remove_prefix(mark.size());
}

uint32_t Reader::Number() {
  if (bytes_.size() < 4) Broken("too short");
  uint32_t number = 0;
  for (size_t i = 4; i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes_[i]);
  bytes_.remove_prefix(4);
  return number;
}

void Reader::Expect(uint32_t value) {
  if (Number() != value) Broken("trained for other features");
}

uint32_t Reader::NumberUpTo(uint32_t most) {
  const uint32_t number = Number();
  if (number > most) Broken("more weights than there is room for");
  return number;
}

std::vector<uint32_t> Reader::Numbers(size_t count) {
  // Before the room is made: a count that was misread may be anything.
  if (bytes_.size() / 4 < count) Broken("too short");
  std::vector<uint32_t> numbers(count);
  for (uint32_t& number : numbers) number = Number();
  return numbers;
}

float Reader::Float() { return std::bit_cast<float>(Number()); }

const int8_t* Reader::Weights(size_t count) {
  if (bytes_.size() != count) Broken("wrong size");
  return reinterpret_cast<const int8_t*>(bytes_.data());
}

}  // namespace paperwire::weights
