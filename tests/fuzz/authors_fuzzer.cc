// Any author line is split into clean names.
#include <cstddef>
#include <cstdint>

#include "libs/paper/authors.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  for (const auto& author : paperwire::paper::SplitAuthors(line)) {
    paperwire::fuzz::Require(!author.name.empty(), "an author has a name");
    paperwire::fuzz::RequireClean(author.name);
    for (const auto& place : author.affiliations) paperwire::fuzz::RequireClean(place);
  }
  return 0;
}
