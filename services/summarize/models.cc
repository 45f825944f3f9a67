#include "services/summarize/models.h"

#include <bit>
#include <cstdio>
#include <cstdlib>

extern "C" {
extern const char kPaperwireRoles[];
extern const char kPaperwireRolesEnd[];
extern const char kPaperwireParts[];
extern const char kPaperwirePartsEnd[];
}

namespace paperwire::summarize {
namespace {

[[noreturn]] void Broken(const char* what) {
  std::fprintf(stderr, "summarize: the compiled-in weights are broken: %s\n", what);
  std::abort();
}

}  // namespace

std::string_view RoleModelBytes() {
  return {kPaperwireRoles, static_cast<size_t>(kPaperwireRolesEnd - kPaperwireRoles)};
}

std::string_view PartModelBytes() {
  return {kPaperwireParts, static_cast<size_t>(kPaperwirePartsEnd - kPaperwireParts)};
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
