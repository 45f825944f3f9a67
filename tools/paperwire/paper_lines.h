#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::cli {

// A paper to explain the card of.
struct PaperLine {
  // As it was given, an arXiv id or not; may be empty.
  std::string id;
  v1::Paper paper;
  // Whether the abstract came as sentences; the paper's own abstract is empty then.
  bool split = false;
  std::vector<std::string> sentences;
};

// The papers of a recorded arXiv answer, or of JSON lines: an abstract or `sentences` (texts), and
// optionally a title, an id and categories. InvalidArgument names the file, the line and what is
// wrong with it. Pure.
absl::StatusOr<std::vector<PaperLine>> ReadPaperLines(std::string_view file_name,
                                                      std::string_view bytes);

}  // namespace paperwire::cli
