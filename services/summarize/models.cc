#include "services/summarize/models.h"

#include <bit>
#include <cstdio>
#include <cstdlib>

extern "C" {
extern const char paperwire_summarize_roles[];
extern const char paperwire_summarize_roles_end[];
extern const char paperwire_summarize_parts[];
extern const char paperwire_summarize_parts_end[];
}

namespace paperwire::summarize {
namespace {

[[noreturn]] void Broken(const char* what) {
  std::fprintf(stderr, "summarize: the compiled-in weights are broken: %s\n", what);
  std::abort();
}

}  // namespace

std::string_view RoleModelBytes() {
  return {paperwire_summarize_roles,
          static_cast<size_t>(paperwire_summarize_roles_end - paperwire_summarize_roles)};
}

std::string_view PartModelBytes() {
  return {paperwire_summarize_parts,
          static_cast<size_t>(paperwire_summarize_parts_end - paperwire_summarize_parts)};
}

ModelReader::ModelReader(std::string_view bytes, std::string_view mark) : bytes_(bytes) {
  if (!bytes_.starts_with(mark)) Broken("no mark");
  bytes_.remove_prefix(mark.size());
}

uint32_t ModelReader::Word() {
  if (bytes_.size() < 4) Broken("too short");
  uint32_t word = 0;
  for (size_t i = 4; i-- > 0;) word = word << 8U | static_cast<unsigned char>(bytes_[i]);
  bytes_.remove_prefix(4);
  return word;
}

void ModelReader::Expect(uint32_t value) {
  if (Word() != value) Broken("trained for other features");
}

float ModelReader::Float() { return std::bit_cast<float>(Word()); }

const int8_t* ModelReader::Weights(size_t count) {
  if (bytes_.size() != count) Broken("wrong size");
  return reinterpret_cast<const int8_t*>(bytes_.data());
}

}  // namespace paperwire::summarize
