#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::ingest {

// The papers of a recorded arXiv answer (RSS, Atom, OAI-PMH, query API) or of a file of JSON lines,
// each id once, in the file's order; of several versions the highest. InvalidArgument names the
// file, what is wrong and the line or byte. Papers of no known date have no `announced`. Pure.
absl::StatusOr<std::vector<v1::Paper>> ReadPapers(std::string_view file_name,
                                                  std::string_view bytes);

}  // namespace paperwire::ingest
