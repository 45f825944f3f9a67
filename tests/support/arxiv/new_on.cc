#include "tests/support/arxiv/new_on.h"

#include "libs/calendar/calendar.h"

namespace paperwire::arxiv {

std::set<std::string> NewOn(const World& world, const std::vector<std::string>& categories,
                            absl::CivilDay day) {
  std::set<std::string> ids;
  for (const std::string& id : world.Ids(categories, day, AnnounceType::kNew)) ids.insert(id);
  for (const std::string& id : world.Ids(categories, day, AnnounceType::kCross)) {
    const auto record = world.Find(id, AnnouncedAt(day) + absl::Hours(1));
    if (!record || record->paper.versions.size() != 1) continue;
    const absl::Time submitted = record->paper.versions.front().submitted;
    if (calendar::FeedTurn(day) - submitted <= absl::Hours(240)) ids.insert(id);
  }
  for (const absl::CivilDay earlier : world.Days()) {
    if (earlier >= day) break;
    for (const auto type : {AnnounceType::kNew, AnnounceType::kCross}) {
      for (const std::string& id : world.Ids(categories, earlier, type)) ids.erase(id);
    }
  }
  return ids;
}

}  // namespace paperwire::arxiv
