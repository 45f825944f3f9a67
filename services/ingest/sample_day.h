#pragma once

#include <span>
#include <string_view>

namespace paperwire::ingest {

struct SampleFile {
  std::string_view name;
  std::string_view bytes;
};

// The sample day, as it lies in services/ingest/sample: two announcement feeds of invented papers.
std::span<const SampleFile> SampleDay();

}  // namespace paperwire::ingest
