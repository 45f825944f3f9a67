#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/paths.h"

namespace paperwire::ingest {

inline std::string FileAt(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}

// An answer in arXiv's format, of invented papers.
inline std::string Fixture(const std::string& name) {
  return FileAt(std::filesystem::path(support::SourceDir()) / "tests/unit/ingest/fixtures" / name);
}

}  // namespace paperwire::ingest
