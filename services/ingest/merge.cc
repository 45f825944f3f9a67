#include "services/ingest/merge.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "absl/time/time.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/calendar/calendar.h"

namespace paperwire::ingest {
namespace {

constexpr absl::Duration kFreshCross = absl::Hours(24 * 10);

int Rank(v1::AnnounceType type) {
  switch (type) {
    case v1::ANNOUNCE_TYPE_NEW:
      return 0;
    case v1::ANNOUNCE_TYPE_CROSS:
      return 1;
    case v1::ANNOUNCE_TYPE_REPLACE:
      return 2;
    case v1::ANNOUNCE_TYPE_REPLACE_CROSS:
      return 3;
    default:
      return 4;
  }
}

bool IsReplacement(v1::AnnounceType type) {
  return type == v1::ANNOUNCE_TYPE_REPLACE || type == v1::ANNOUNCE_TYPE_REPLACE_CROSS;
}

// One mention of a paper in one reading.
struct Mention {
  const v1::Paper* paper = nullptr;
  absl::CivilDay date;
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_UNSPECIFIED;
};

// As what the source announced it. Sources that do not tell list papers as they came in.
v1::AnnounceType TypeOf(const v1::Paper& paper) {
  return paper.announce_type() == v1::ANNOUNCE_TYPE_UNSPECIFIED ? v1::ANNOUNCE_TYPE_NEW
                                                                : paper.announce_type();
}

// The last day of the month that a new-style identifier names: "2606.01234" was announced first in
// June 2026.
std::optional<absl::CivilDay> LastDayOfMonthOf(std::string_view id) {
  if (id.size() < 9 || id[4] != '.') return std::nullopt;
  const int year = 2000 + (id[0] - '0') * 10 + (id[1] - '0');
  const int month = (id[2] - '0') * 10 + (id[3] - '0');
  return absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1;
}

bool IsFreshCross(const v1::Paper& paper, absl::CivilDay date) {
  if (paper.version() != 1) return false;
  if (!paper.has_submitted_time()) {
    // The announcement feeds do not tell when; the identifier tells the month.
    const auto last_day = LastDayOfMonthOf(paper.arxiv_id());
    return last_day && *last_day + 10 >= date;
  }
  const absl::Time submitted = absl::FromUnixSeconds(paper.submitted_time().seconds());
  return calendar::FeedTurn(date) - submitted <= kFreshCross;
}

bool DeclaresNew(const Mention& mention) {
  return mention.type == v1::ANNOUNCE_TYPE_NEW ||
         (mention.type == v1::ANNOUNCE_TYPE_CROSS && IsFreshCross(*mention.paper, mention.date));
}

// Takes over what `base` lacks; a mention in another category's feed adds nothing else.
void UniteCategories(const std::vector<Mention>& mentions, v1::Paper& out) {
  std::set<std::string> known(out.categories().begin(), out.categories().end());
  for (const Mention& mention : mentions) {
    for (const std::string& category : mention.paper->categories()) {
      if (known.insert(category).second) out.add_categories(category);
    }
  }
}

struct Days {
  v1::Batch& at(absl::CivilDay date) {
    auto [entry, added] = batches.try_emplace(date);
    if (added) entry->second.set_announced(calendar::FormatDate(date));
    return entry->second;
  }
  std::map<absl::CivilDay, v1::Batch> batches;
};

// Of one id: which paper to publish, and what each day declares about it.
std::optional<v1::Paper> Judge(const std::vector<Mention>& mentions, const Seen* seen, Days& days) {
  const std::string& id = mentions.front().paper->arxiv_id();
  std::optional<absl::CivilDay> announced;
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_UNSPECIFIED;
  for (const Mention& mention : mentions) {
    if (!DeclaresNew(mention)) continue;
    if (!announced || mention.date < *announced) {
      announced = mention.date;
      type = mention.type;
    } else if (mention.date == *announced && Rank(mention.type) < Rank(type)) {
      type = mention.type;
    }
  }
  if (seen != nullptr && (!announced || seen->announced <= *announced)) {
    // The same day's feed of another category may know better as what it was announced.
    const bool better = announced && seen->announced == *announced && Rank(type) < Rank(seen->type);
    announced = seen->announced;
    if (!better) type = seen->type;
  }

  std::set<absl::CivilDay> counted;
  for (const Mention& mention : mentions) {
    if (announced && mention.date == *announced && DeclaresNew(mention) &&
        counted.insert(mention.date).second) {
      days.at(mention.date).add_paper_ids(id);
    }
  }
  for (const Mention& mention : mentions) {
    // Fridays' feeds are served again at weekends: what repeats an announcement declares nothing.
    if (mention.type == v1::ANNOUNCE_TYPE_NEW || !counted.insert(mention.date).second) continue;
    v1::Batch& batch = days.at(mention.date);
    // A cross-list beats a replacement of the same day.
    const bool replaced =
        std::all_of(mentions.begin(), mentions.end(), [&mention](const Mention& other) {
          return other.date != mention.date || IsReplacement(other.type);
        });
    if (replaced) {
      batch.add_replaced_ids(id);
    } else {
      batch.add_old_cross_ids(id);
    }
  }
  if (!announced) return std::nullopt;

  const Mention* newest = nullptr;
  for (const Mention& mention : mentions) {
    const bool in_window = calendar::OldestInWindow(mention.date) <= *announced;
    if (IsReplacement(mention.type) && !in_window) continue;
    if (newest == nullptr || std::tuple(mention.paper->version(), -Rank(mention.type)) >
                                 std::tuple(newest->paper->version(), -Rank(newest->type))) {
      newest = &mention;
    }
  }
  if (newest == nullptr) return std::nullopt;
  v1::Paper out = *newest->paper;
  UniteCategories(mentions, out);
  out.set_announced(calendar::FormatDate(*announced));
  out.set_announce_type(type);
  out.set_revised(out.version() > 1 && IsReplacement(newest->type));
  if (seen != nullptr && (seen->revision >> 40) < out.version()) out.set_revised(true);
  return out;
}

template <typename Ids>
void SortUnique(Ids& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

Merged Merge(const std::vector<Reading>& readings, const SeenPapers& seen) {
  Merged merged;
  Days days;
  std::map<std::string, std::vector<Mention>> by_id;
  std::map<std::tuple<absl::CivilDay, std::string, int>, std::set<std::string>> declared;
  for (const Reading& reading : readings) {
    if (reading.outcome != Outcome::kOk && reading.outcome != Outcome::kIncomplete) continue;
    for (const v1::Paper& paper : reading.papers) {
      const auto date = calendar::ParseDate(paper.announced());
      if (!date) continue;
      const v1::AnnounceType type = TypeOf(paper);
      by_id[paper.arxiv_id()].push_back({.paper = &paper, .date = *date, .type = type});
      std::string category = reading.category;
      if (category.empty() && paper.categories_size() > 0) category = paper.categories(0);
      declared[{*date, category, type}].insert(paper.arxiv_id());
    }
  }
  for (const auto& [id, mentions] : by_id) {
    const auto known = seen.find(id);
    auto paper = Judge(mentions, known == seen.end() ? nullptr : &known->second, days);
    if (paper) merged.papers.push_back(*std::move(paper));
  }
  for (const auto& [key, ids] : declared) {
    v1::DeclaredCount& count = *days.at(std::get<0>(key)).add_declared();
    count.set_category(std::get<1>(key));
    count.set_section(static_cast<v1::AnnounceType>(std::get<2>(key)));
    count.set_count(static_cast<uint32_t>(ids.size()));
    count.set_source(v1::COUNT_SOURCE_FEED);
  }
  std::erase_if(days.batches, [](const auto& day) {
    const v1::Batch& batch = day.second;
    return batch.paper_ids().empty() && batch.replaced_ids().empty() &&
           batch.old_cross_ids().empty();
  });
  merged.batches = std::move(days.batches);
  merged.ids = static_cast<int>(by_id.size());
  return merged;
}

v1::Batch Unite(const v1::Batch& earlier, const v1::Batch& later) {
  v1::Batch out = later;
  out.mutable_paper_ids()->MergeFrom(earlier.paper_ids());
  out.mutable_replaced_ids()->MergeFrom(earlier.replaced_ids());
  out.mutable_old_cross_ids()->MergeFrom(earlier.old_cross_ids());
  SortUnique(*out.mutable_paper_ids());
  SortUnique(*out.mutable_replaced_ids());
  SortUnique(*out.mutable_old_cross_ids());
  // One id is counted once, as the best that any cycle knew of it.
  const std::set<std::string> papers(out.paper_ids().begin(), out.paper_ids().end());
  const auto drop = [](google::protobuf::RepeatedPtrField<std::string>& ids,
                       const std::set<std::string>& counted) {
    ids.erase(std::remove_if(ids.begin(), ids.end(),
                             [&](const std::string& id) { return counted.count(id) > 0; }),
              ids.end());
  };
  drop(*out.mutable_old_cross_ids(), papers);
  std::set<std::string> all = papers;
  all.insert(out.old_cross_ids().begin(), out.old_cross_ids().end());
  drop(*out.mutable_replaced_ids(), all);

  std::map<std::tuple<std::string, int>, v1::DeclaredCount> counts;
  for (const v1::Batch* batch : {&earlier, &later}) {
    for (const v1::DeclaredCount& count : batch->declared()) {
      auto [entry, added] = counts.try_emplace({count.category(), count.section()}, count);
      if (!added && entry->second.count() < count.count()) entry->second = count;
    }
  }
  out.clear_declared();
  for (const auto& [key, count] : counts) *out.add_declared() = count;

  std::map<std::string, v1::BatchDifference> differences;
  for (const v1::Batch* batch : {&earlier, &later}) {
    for (const v1::BatchDifference& difference : batch->differences()) {
      differences[difference.arxiv_id()] = difference;
    }
  }
  out.clear_differences();
  for (const auto& [id, difference] : differences) *out.add_differences() = difference;
  out.set_sample(earlier.sample() && later.sample());
  return out;
}

bool SameDeclaration(const v1::Batch& a, const v1::Batch& b) {
  v1::Batch left = a;
  v1::Batch right = b;
  for (v1::Batch* batch : {&left, &right}) {
    batch->clear_cycle_id();
    batch->clear_create_time();
  }
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

}  // namespace paperwire::ingest
