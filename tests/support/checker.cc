#include "tests/support/checker.h"

#include <fmt/format.h>

#include <set>
#include <utility>

namespace paperwire::support {

Verdict Judge(const Evidence& evidence) {
  Verdict verdict;
  const std::set<std::string> published(evidence.published.begin(), evidence.published.end());
  verdict.papers = static_cast<int>(published.size());

  std::set<std::string> listed;
  for (const auto& id : evidence.listed) {
    if (!listed.insert(id).second) ++verdict.duplicated;
    if (!published.contains(id)) ++verdict.unexpected;
  }
  std::set<std::pair<std::string, uint64_t>> changes;
  for (const auto& change : evidence.changes) {
    if (!changes.emplace(change.arxiv_id, change.revision).second) ++verdict.duplicated;
  }
  const std::set<std::string> dead(evidence.dead_letters.begin(), evidence.dead_letters.end());
  verdict.dead_lettered = static_cast<int>(evidence.dead_letters.size());
  for (const auto& id : published) {
    if (!listed.contains(id) && !dead.contains(id)) ++verdict.lost;
  }
  return verdict;
}

std::string Verdict::ToString() const {
  return fmt::format("{} papers, {} lost, {} duplicated, {} unexpected, {} dead-lettered", papers,
                     lost, duplicated, unexpected, dead_lettered);
}

}  // namespace paperwire::support
