#include "tests/support/arxiv/world.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "libs/calendar/calendar.h"

namespace paperwire::arxiv {
namespace {

constexpr std::array<std::string_view, 4> kTypeNames = {"new", "cross", "replace", "replace-cross"};
// Replacements above are not announced.
constexpr int kHighestAnnounced = 5;

absl::TimeZone NewYork() {
  absl::TimeZone zone;
  absl::LoadTimeZone("America/New_York", &zone);
  return zone;
}

bool IsReplacement(AnnounceType type) {
  return type == AnnounceType::kReplace || type == AnnounceType::kReplaceCross;
}

// The announcement that brings a version, if any does: a cross-list brings none.
bool Brings(const Announcement& announcement, int version) {
  if (announcement.version != version) return false;
  return version == 1 ? announcement.type == AnnounceType::kNew : IsReplacement(announcement.type);
}

bool IsIn(const std::string& category, const std::string& spec) {
  return category == spec || (category.size() > spec.size() && category.starts_with(spec) &&
                              category[spec.size()] == '.');
}

// As which type `announcement` lists the paper in `spec`, if it does.
std::optional<AnnounceType> TypeIn(const Announcement& announcement, const Paper& paper,
                                   const std::string& spec) {
  if (!announcement.category.empty()) {
    if (!IsIn(announcement.category, spec)) return std::nullopt;
    return announcement.type;
  }
  if (IsIn(paper.primary(), spec)) return announcement.type;
  for (const std::string& category : paper.categories) {
    if (!IsIn(category, spec)) continue;
    return IsReplacement(announcement.type) ? AnnounceType::kReplaceCross : AnnounceType::kCross;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Name(AnnounceType type) { return kTypeNames[static_cast<size_t>(type)]; }

std::optional<AnnounceType> ParseAnnounceType(std::string_view name) {
  for (size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<AnnounceType>(i);
  }
  return std::nullopt;
}

absl::Time AnnouncedAt(absl::CivilDay day) {
  return absl::FromCivil(absl::CivilHour(day - 1) + 20, NewYork());
}

absl::Time SubmittedFor(absl::CivilDay day, int sequence) {
  // Two hours of a morning hold 7,200 submissions, one a second.
  for (absl::CivilDay candidate = day - 1; candidate > day - 15; --candidate) {
    const absl::Time start = absl::FromCivil(absl::CivilHour(candidate) + 9, NewYork());
    if (calendar::AnnouncedAfter(start) == day) return start + absl::Seconds(sequence % 7200);
  }
  return AnnouncedAt(day) - absl::Hours(8);
}

World::World(const World& other) { *this = other; }

World& World::operator=(const World& other) {
  if (this == &other) return *this;
  const std::scoped_lock lock(mutex_, other.mutex_);
  papers_ = other.papers_;
  days_ = other.days_;
  of_paper_ = other.of_paper_;
  return *this;
}

void World::Add(Paper paper) {
  const std::lock_guard lock(mutex_);
  std::string id = paper.id;
  papers_.insert_or_assign(std::move(id), std::move(paper));
}

void World::Announce(Announcement announcement) {
  const std::lock_guard lock(mutex_);
  AnnounceLocked(std::move(announcement));
}

void World::AnnounceLocked(Announcement announcement) {
  const auto found = papers_.find(announcement.id);
  if (found == papers_.end()) return;
  std::vector<std::string>& categories = found->second.categories;
  if (!announcement.category.empty() &&
      std::find(categories.begin(), categories.end(), announcement.category) == categories.end()) {
    categories.push_back(announcement.category);
  }
  of_paper_[announcement.id].push_back(announcement);
  days_[announcement.day].push_back(std::move(announcement));
}

int World::Replace(const std::string& id, absl::CivilDay day, bool withdrawn) {
  const std::lock_guard lock(mutex_);
  const auto found = papers_.find(id);
  if (found == papers_.end()) return 0;
  std::vector<Version>& versions = found->second.versions;
  const int number = versions.empty() ? 1 : versions.back().number + 1;
  versions.push_back({.number = number,
                      .submitted = SubmittedFor(day, 7000),
                      .kilobytes = withdrawn ? 0 : 310,
                      .withdrawn = withdrawn});
  AnnounceLocked({.day = day, .id = id, .type = AnnounceType::kReplace, .version = number});
  return number;
}

void World::Touch(const std::string& id, absl::Time when) {
  const std::lock_guard lock(mutex_);
  const auto found = papers_.find(id);
  if (found != papers_.end()) found->second.edits.push_back(when);
}

std::vector<Listed> World::ListedOn(const std::string& spec, absl::CivilDay day) const {
  const std::lock_guard lock(mutex_);
  const auto found = days_.find(day);
  if (found == days_.end()) return {};
  std::map<std::string, Listed> by_id;
  for (const Announcement& announcement : found->second) {
    const Paper& known = papers_.at(announcement.id);
    const std::optional<Record> seen = SeenAt(known, AnnouncedAt(day), {});
    Paper paper = seen ? seen->paper : known;
    const std::optional<AnnounceType> type = TypeIn(announcement, paper, spec);
    if (!type || (IsReplacement(*type) && announcement.version > kHighestAnnounced)) continue;
    const auto [at, fresh] = by_id.try_emplace(announcement.id);
    if (!fresh && at->second.type <= *type) continue;
    at->second = {.paper = std::move(paper), .type = *type, .version = announcement.version};
  }
  std::vector<Listed> listed;
  listed.reserve(by_id.size());
  for (auto& [id, entry] : by_id) listed.push_back(std::move(entry));
  std::stable_sort(listed.begin(), listed.end(),
                   [](const Listed& a, const Listed& b) { return a.type < b.type; });
  return listed;
}

std::optional<absl::CivilDay> World::NewestDay(absl::Time now, absl::CivilDay before) const {
  const std::lock_guard lock(mutex_);
  std::optional<absl::CivilDay> newest;
  for (const auto& [day, announcements] : days_) {
    if (day < before && AnnouncedAt(day) <= now) newest = day;
  }
  return newest;
}

std::vector<absl::CivilDay> World::Days() const {
  const std::lock_guard lock(mutex_);
  std::vector<absl::CivilDay> days;
  for (const auto& [day, announcements] : days_) days.push_back(day);
  return days;
}

std::vector<std::string> World::Ids(const std::vector<std::string>& categories, absl::CivilDay day,
                                    AnnounceType type) const {
  std::set<std::string> ids;
  for (const std::string& category : categories) {
    for (const Listed& listed : ListedOn(category, day)) {
      if (listed.type == type) ids.insert(listed.paper.id);
    }
  }
  return {ids.begin(), ids.end()};
}

std::optional<Record> World::SeenAt(const Paper& paper, absl::Time now, absl::Duration lag) const {
  static const std::vector<Announcement> kNone;
  const auto found = of_paper_.find(paper.id);
  const std::vector<Announcement>& announcements = found == of_paper_.end() ? kNone : found->second;
  Record record{.paper = paper, .modified = absl::InfinitePast()};
  record.paper.versions.clear();
  absl::Time first_seen = absl::InfiniteFuture();
  for (const Version& version : paper.versions) {
    absl::Time since = absl::InfiniteFuture();
    for (const Announcement& announcement : announcements) {
      if (Brings(announcement, version.number)) {
        since = std::min(since, AnnouncedAt(announcement.day));
      }
    }
    if (since == absl::InfiniteFuture()) {
      since = AnnouncedAt(calendar::AnnouncedAfter(version.submitted));
    }
    first_seen = std::min(first_seen, since);
    if (since + lag > now) continue;
    record.paper.versions.push_back(version);
    record.modified = std::max(record.modified, since);
  }
  if (record.paper.versions.empty()) return std::nullopt;
  for (const Announcement& announcement : announcements) {
    if (announcement.type != AnnounceType::kCross || announcement.category.empty()) continue;
    const absl::Time since = AnnouncedAt(announcement.day);
    if (since <= first_seen) continue;
    if (since + lag <= now) {
      record.modified = std::max(record.modified, since);
    } else if (announcement.category != paper.primary()) {
      std::erase(record.paper.categories, announcement.category);
    }
  }
  for (const absl::Time edit : paper.edits) {
    if (edit <= now) record.modified = std::max(record.modified, edit);
  }
  if (record.paper.versions.back().withdrawn &&
      record.paper.comment.find("withdrawn") == std::string::npos) {
    record.paper.comment = "This paper has been withdrawn by the authors";
  }
  return record;
}

std::vector<Record> World::Records(absl::Time now, absl::Duration lag) const {
  const std::lock_guard lock(mutex_);
  std::vector<Record> records;
  for (const auto& [id, paper] : papers_) {
    std::optional<Record> record = SeenAt(paper, now, lag);
    if (record) records.push_back(*std::move(record));
  }
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return std::tie(a.modified, a.paper.id) < std::tie(b.modified, b.paper.id);
  });
  return records;
}

std::optional<Record> World::Find(const std::string& id, absl::Time now, absl::Duration lag) const {
  const std::lock_guard lock(mutex_);
  const auto found = papers_.find(id);
  if (found == papers_.end()) return std::nullopt;
  return SeenAt(found->second, now, lag);
}

size_t World::size() const {
  const std::lock_guard lock(mutex_);
  return papers_.size();
}

}  // namespace paperwire::arxiv
