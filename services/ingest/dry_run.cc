#include "services/ingest/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace paperwire::ingest {
namespace {

std::string_view TypeName(v1::AnnounceType type) {
  switch (type) {
    case v1::ANNOUNCE_TYPE_NEW:
      return "new";
    case v1::ANNOUNCE_TYPE_CROSS:
      return "cross";
    case v1::ANNOUNCE_TYPE_REPLACE:
      return "replace";
    case v1::ANNOUNCE_TYPE_REPLACE_CROSS:
      return "replace-cross";
    default:
      return "";
  }
}

}  // namespace

std::string ToJsonLine(const v1::Paper& paper) {
  nlohmann::ordered_json line;
  line["id"] = paper.arxiv_id();
  line["version"] = paper.version();
  line["title"] = paper.title();
  line["abstract"] = paper.abstract();
  line["authors"] = nlohmann::ordered_json::array();
  for (const v1::Author& author : paper.authors()) line["authors"].push_back(author.name());
  line["categories"] = nlohmann::ordered_json::array();
  for (const std::string& category : paper.categories()) line["categories"].push_back(category);
  line["announced"] = paper.announced();
  line["type"] = TypeName(paper.announce_type());
  if (paper.has_submitted_time()) {
    line["published"] = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                                         absl::FromUnixSeconds(paper.submitted_time().seconds()),
                                         absl::UTCTimeZone());
  }
  if (!paper.comment().empty()) line["comment"] = paper.comment();
  if (paper.withdrawn()) line["withdrawn"] = true;
  return line.dump();
}

std::string Report(const Harvest& harvest, const Merged& merged) {
  std::string text;
  size_t widest = 0;
  for (const v1::SourceOutcome& outcome : harvest.outcomes) {
    widest = std::max(widest, outcome.source().size());
  }
  for (size_t i = 0; i < harvest.outcomes.size(); ++i) {
    const v1::SourceOutcome& outcome = harvest.outcomes[i];
    const bool stale = merged.stale.contains(i);
    text += fmt::format("{:<{}}  {:<12} {:>6}", outcome.source(), widest,
                        stale ? std::string(Slug(Outcome::kStale)) : outcome.outcome(),
                        outcome.records());
    if (!outcome.detail().empty()) text += "  " + outcome.detail();
    text += "\n";
  }
  for (const auto& [date, batch] : merged.batches) {
    text +=
        fmt::format("{}  new {}  replaced {}  old cross-lists {}", batch.announced(),
                    batch.paper_ids_size(), batch.replaced_ids_size(), batch.old_cross_ids_size());
    if (batch.differences_size() > 0) {
      text += fmt::format("  differences {}", batch.differences_size());
    }
    text += "\n";
  }
  return text;
}

}  // namespace paperwire::ingest
