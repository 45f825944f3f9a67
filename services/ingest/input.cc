#include "services/ingest/input.h"

#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

absl::StatusOr<std::vector<v1::Paper>> ReadPapers(std::string_view file_name,
                                                  std::string_view bytes) {
  Reading reading = ReadDated(file_name, bytes);
  // A date is needed to publish a paper, not to read it.
  if (reading.outcome == Outcome::kNoDate) reading = Read(bytes);
  if (!IsGood(reading.outcome)) {
    return absl::InvalidArgumentError(std::string(file_name) + ": " +
                                      std::string(Slug(reading.outcome)) + ": " + reading.detail);
  }
  std::vector<v1::Paper> papers;
  std::unordered_map<std::string, size_t> places;
  for (v1::Paper& paper : reading.papers) {
    const auto [place, added] = places.try_emplace(paper.arxiv_id(), papers.size());
    if (added) {
      papers.push_back(std::move(paper));
    } else if (papers[place->second].version() < paper.version()) {
      papers[place->second] = std::move(paper);
    }
  }
  return papers;
}

}  // namespace paperwire::ingest
