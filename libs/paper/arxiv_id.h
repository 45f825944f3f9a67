#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace paperwire::paper {

// An arXiv identifier, new style ("2606.01234", since April 2007) or old style ("math/0611800").
// A value; thread-safe as such.
struct ArxivId {
  // Canonical, without version and without an old-style subject class.
  std::string base;
  // 0: none was given.
  uint32_t version = 0;

  // "2606.01234v2"; without version when none was given.
  std::string ToString() const;
  friend bool operator==(const ArxivId&, const ArxivId&) = default;
};

// Reads an identifier out of "2606.01234v2", "arXiv:2606.01234", "oai:arXiv.org:math/0611800v1",
// "math.CA/0611800", "https://arxiv.org/abs/2606.01234v1" (also /pdf/…, .pdf, http, export.).
// InvalidArgument for anything else: a month of 13, a number of 0, a wrong number of digits.
// Source: info.arxiv.org/help/arxiv_identifier.html.
absl::StatusOr<ArxivId> ParseArxivId(std::string_view text);

}  // namespace paperwire::paper
