#include "services/ingest/merge.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "libs/calendar/calendar.h"
#include "services/ingest/coverage.h"
#include "services/ingest/dossier.h"

namespace paperwire::ingest {
namespace {

constexpr char kNotFed[] = "in the listing, not in the feed";
constexpr char kNotInOai[] = "announced, not in OAI-PMH";
constexpr char kOnlyInOai[] = "in OAI-PMH, in no announcement";
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

// The last day of the month that a new-style identifier names: "2606.01234" was announced first in
// June 2026.
std::optional<absl::CivilDay> LastDayOfMonthOf(std::string_view id) {
  if (id.size() < 9 || id[4] != '.') return std::nullopt;
  const int year = 2000 + (id[0] - '0') * 10 + (id[1] - '0');
  const int month = (id[2] - '0') * 10 + (id[3] - '0');
  return absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1;
}

bool IsFreshCross(const Mention& mention, const Dossier& dossier) {
  if (mention.version != 1) return false;
  std::optional<absl::Time> submitted;
  if (dossier.record != nullptr) submitted = dossier.record->FirstSubmitted();
  if (!submitted && mention.paper->has_submitted_time()) {
    submitted = absl::FromUnixSeconds(mention.paper->submitted_time().seconds());
  }
  if (submitted) return calendar::FeedTurn(mention.date) - *submitted <= kFreshCross;
  // Feeds and listings do not tell when; the identifier tells the month.
  const auto last_day = LastDayOfMonthOf(mention.paper->arxiv_id());
  return last_day && *last_day + 10 >= mention.date;
}

bool DeclaresNew(const Mention& mention, const Dossier& dossier) {
  return mention.type == v1::ANNOUNCE_TYPE_NEW ||
         (mention.type == v1::ANNOUNCE_TYPE_CROSS && IsFreshCross(mention, dossier));
}

void AddDifference(v1::Batch& batch, const std::string& id, const std::string& reason,
                   bool excluded = false) {
  v1::BatchDifference& difference = *batch.add_differences();
  difference.set_arxiv_id(id);
  difference.set_reason(reason);
  difference.set_excluded(excluded);
}

class Merger {
 public:
  Merger(const std::vector<Reading>& readings, const SeenPapers& seen, const MergeOptions& options)
      : readings_(readings),
        seen_(seen),
        options_(options),
        coverage_(WhatListingsCover(readings)),
        dossiers_(MakeDossiers(readings, coverage_, seen)) {}

  Merged Merge() {
    for (const auto& [id, dossier] : dossiers_.by_id) Judge(id, dossier);
    Explain();
    CountDeclared();
    std::erase_if(merged_.batches, [](const auto& day) {
      const v1::Batch& batch = day.second;
      return batch.paper_ids().empty() && batch.replaced_ids().empty() &&
             batch.old_cross_ids().empty() && batch.declared().empty() &&
             batch.differences().empty();
    });
    merged_.stale = std::move(dossiers_.stale);
    merged_.ids = static_cast<int>(dossiers_.by_id.size());
    return std::move(merged_);
  }

 private:
  struct Verdict {
    std::optional<absl::CivilDay> announced;
    v1::AnnounceType type = v1::ANNOUNCE_TYPE_UNSPECIFIED;
  };

  v1::Batch& Day(absl::CivilDay date) {
    auto [entry, added] = merged_.batches.try_emplace(date);
    if (added) entry->second.set_announced(calendar::FormatDate(date));
    return entry->second;
  }

  void Judge(const std::string& id, const Dossier& dossier) {
    const auto found = seen_.find(id);
    const Seen* seen = found == seen_.end() ? nullptr : &found->second;
    Verdict verdict = FirstAnnounced(dossier, seen);
    if (!verdict.announced) verdict = JudgeRecordAlone(id, dossier);
    CountMentions(id, dossier, verdict);
    NoteDifferences(id, dossier, verdict);
    if (verdict.announced) Publish(id, dossier, seen, verdict);
  }

  // When it was announced first, and as what.
  Verdict FirstAnnounced(const Dossier& dossier, const Seen* seen) const {
    Verdict verdict;
    for (const Mention& mention : dossier.mentions) {
      const bool old_cross = options_.show_old_cross_lists && seen == nullptr &&
                             mention.type == v1::ANNOUNCE_TYPE_CROSS;
      if (!DeclaresNew(mention, dossier) && !old_cross) continue;
      if (!verdict.announced || mention.date < *verdict.announced) {
        verdict = {.announced = mention.date, .type = mention.type};
      } else if (mention.date == *verdict.announced && Rank(mention.type) < Rank(verdict.type)) {
        verdict.type = mention.type;
      }
    }
    if (seen == nullptr) return verdict;
    if (verdict.announced && *verdict.announced < seen->announced) return verdict;
    // The same day's feed of another category may know better as what it was announced.
    const bool better = verdict.announced && seen->announced == *verdict.announced &&
                        Rank(verdict.type) < Rank(seen->type);
    return {.announced = seen->announced, .type = better ? verdict.type : seen->type};
  }

  // Of a paper that is not seen and that no announcement tells of.
  Verdict JudgeRecordAlone(const std::string& id, const Dossier& dossier) {
    if (!dossier.mentions.empty() || !dossier.IsFreshRecord()) return {};
    // The database's day in UTC is the day that the announcement is labelled with, unless the
    // record was changed since: then it was announced between its submission and that day.
    const absl::CivilDay changed = *dossier.record->datestamp;
    const absl::CivilDay submitted = calendar::AnnouncedAfter(*dossier.record->FirstSubmitted());
    std::optional<absl::CivilDay> date = DeclaredOn(id);
    if (date) return {.announced = date, .type = v1::ANNOUNCE_TYPE_NEW};
    if (options_.newest && changed > *options_.newest) return {};
    if (options_.oldest && submitted < *options_.oldest) return {};
    // The latest that is left: a date that is learned later may only be earlier.
    for (absl::CivilDay day = std::max(changed, submitted); day >= submitted; --day) {
      if (!calendar::IsAnnouncementDate(day) || IsListedWithout(day, dossier)) continue;
      if (!date) date = day;
      merged_.to_list.insert(day);
    }
    if (!date) date = std::max(changed, submitted);
    while (!calendar::IsAnnouncementDate(*date)) --*date;
    AddDifference(Day(*date), id, kOnlyInOai);
    Day(*date).add_paper_ids(id);
    alone_.insert(*date);
    return {.announced = date, .type = v1::ANNOUNCE_TYPE_NEW};
  }

  // The date that has declared the paper before, though it was not published.
  std::optional<absl::CivilDay> DeclaredOn(const std::string& id) const {
    if (options_.known == nullptr) return std::nullopt;
    for (const auto& [date, batch] : *options_.known) {
      const auto& ids = batch.paper_ids();
      if (std::find(ids.begin(), ids.end(), id) != ids.end()) return date;
    }
    return std::nullopt;
  }

  // Whether the listing of one of its categories was read for that date, now or before: it would
  // have named the paper.
  bool IsListedWithout(absl::CivilDay date, const Dossier& dossier) const {
    const auto& categories = dossier.record_paper->categories();
    return std::any_of(categories.begin(), categories.end(), [&](const std::string& category) {
      const auto listing = coverage_.find({date, category});
      if (listing != coverage_.end() && !listing->second.ids.empty()) return true;
      if (options_.known == nullptr) return false;
      const auto batch = options_.known->find(date);
      return batch != options_.known->end() && IsListed(batch->second, {category});
    });
  }

  void CountMentions(const std::string& id, const Dossier& dossier, const Verdict& verdict) {
    std::set<absl::CivilDay> counted;
    for (const Mention& mention : dossier.mentions) {
      if (verdict.announced && mention.date == *verdict.announced &&
          DeclaresNew(mention, dossier) && counted.insert(mention.date).second) {
        Day(mention.date).add_paper_ids(id);
      }
    }
    for (const Mention& mention : dossier.mentions) {
      // Fridays' feeds are served again at weekends: what repeats an announcement declares nothing.
      if (mention.type == v1::ANNOUNCE_TYPE_NEW || !counted.insert(mention.date).second) continue;
      // A cross-list beats a replacement of the same day.
      const bool replaced = std::all_of(
          dossier.mentions.begin(), dossier.mentions.end(), [&mention](const Mention& other) {
            return other.date != mention.date || IsReplacement(other.type);
          });
      if (replaced) {
        Day(mention.date).add_replaced_ids(id);
      } else {
        Day(mention.date).add_old_cross_ids(id);
      }
    }
  }

  void NoteDifferences(const std::string& id, const Dossier& dossier, const Verdict& verdict) {
    for (const absl::CivilDay date : dossier.unlisted) {
      AddDifference(Day(date), id, "in the feed, not in the listing");
    }
    for (const absl::CivilDay date : dossier.unfed) {
      AddDifference(Day(date), id, kNotFed);
    }
    const bool harvested = verdict.announced && IsHarvested(*verdict.announced);
    const bool here =
        std::any_of(dossier.mentions.begin(), dossier.mentions.end(), [&](const Mention& mention) {
          return verdict.announced && mention.date == *verdict.announced;
        });
    if (harvested && here && dossier.record == nullptr) {
      AddDifference(Day(*verdict.announced), id, kNotInOai);
    }
  }

  // What an earlier look has told as a difference, and this one has found where it was missing.
  void Explain() {
    if (options_.known == nullptr) return;
    for (const auto& [date, batch] : *options_.known) {
      for (const v1::BatchDifference& difference : batch.differences()) {
        if (difference.excluded() || difference.explained()) continue;
        const auto dossier = dossiers_.by_id.find(difference.arxiv_id());
        if (dossier == dossiers_.by_id.end()) continue;
        if (!IsExplained(difference.reason(), date, dossier->second)) continue;
        const auto& told = Day(date).differences();
        const bool again =
            std::any_of(told.begin(), told.end(), [&](const v1::BatchDifference& other) {
              return other.arxiv_id() == difference.arxiv_id();
            });
        if (again) continue;
        v1::BatchDifference& explained = *Day(date).add_differences();
        explained = difference;
        explained.set_explained(true);
      }
    }
  }

  static bool IsExplained(std::string_view reason, absl::CivilDay date, const Dossier& dossier) {
    if (reason == kNotInOai) return dossier.record != nullptr;
    if (reason == kOnlyInOai) return !dossier.mentions.empty();
    return reason == kNotFed && std::any_of(dossier.mentions.begin(), dossier.mentions.end(),
                                            [date](const Mention& mention) {
                                              return mention.date == date &&
                                                     mention.paper->source() != "listing";
                                            });
  }

  bool IsHarvested(absl::CivilDay date) const {
    return options_.records_since && *options_.records_since <= date &&
           calendar::FeedTurn(date) <= options_.records_at;
  }

  // When what is told of the paper came up; nothing: not known.
  static std::optional<absl::CivilDay> LastTold(const Dossier& dossier) {
    std::optional<absl::CivilDay> last;
    if (dossier.record != nullptr) last = dossier.record->datestamp;
    for (const Mention& mention : dossier.mentions) {
      last = last ? std::max(*last, mention.date) : mention.date;
    }
    return last;
  }

  // The text of the highest version; OAI-PMH's knows most, a listing's least.
  const v1::Paper* BestText(const Dossier& dossier, absl::CivilDay announced) const {
    const v1::Paper* best = nullptr;
    // Of one version the first that is offered, but what was announced as new knows its primary.
    const auto offer = [&best](const v1::Paper* paper, bool feed = false) {
      const bool better = best != nullptr && feed && paper->version() == best->version() &&
                          Rank(paper->announce_type()) < Rank(best->announce_type());
      if (best == nullptr || paper->version() > best->version() || better) best = paper;
    };
    const auto in_window = [announced](absl::CivilDay date) {
      return calendar::OldestInWindow(date) <= announced;
    };
    if (dossier.record != nullptr &&
        (dossier.record->versions.size() == 1 || !dossier.record->datestamp ||
         in_window(*dossier.record->datestamp))) {
      offer(dossier.record_paper);
    }
    for (const v1::Paper* text : dossier.texts) {
      const auto date = calendar::ParseDate(text->announced());
      if (IsReplacement(text->announce_type()) && (!date || !in_window(*date))) continue;
      if (text == dossier.record_paper) continue;
      offer(text, best != dossier.record_paper || best == nullptr);
    }
    for (const Mention& mention : dossier.mentions) {
      if (IsReplacement(mention.type) && !in_window(mention.date)) continue;
      offer(mention.paper);
    }
    return best;
  }

  void Publish(const std::string& id, const Dossier& dossier, const Seen* seen,
               const Verdict& verdict) {
    const auto told = LastTold(dossier);
    if (seen != nullptr && told && calendar::OldestInWindow(*told) > *verdict.announced) return;
    const v1::Paper* best = BestText(dossier, *verdict.announced);
    if (best == nullptr) return;
    v1::Paper out = *best;
    if (best != dossier.record_paper) AddRemarks(dossier, out);
    UniteCategories(dossier, seen, out);
    out.set_announced(calendar::FormatDate(*verdict.announced));
    out.set_announce_type(verdict.type);
    const bool later = seen != nullptr && (seen->revision >> 40) < out.version();
    const bool replaced =
        std::any_of(dossier.mentions.begin(), dossier.mentions.end(),
                    [](const Mention& mention) { return IsReplacement(mention.type); });
    out.set_revised(later || (out.version() > 1 && replaced));
    const bool earlier = seen != nullptr && *verdict.announced < seen->announced &&
                         out.version() >= (seen->revision >> 40);
    if (earlier) {
      AddDifference(Day(seen->announced), id,
                    "announced on " + calendar::FormatDate(*verdict.announced), /*excluded=*/true);
    }
    if (seen != nullptr && (seen->revision >> 40) == out.version() &&
        (earlier || TellsMore(out, *seen))) {
      out.set_revised(out.version() > 1);
      merged_.changed.insert(id);
    }
    merged_.papers.push_back(std::move(out));
  }

  // Feeds leave out what authors remark; a listing of the same version has it.
  static void AddRemarks(const Dossier& dossier, v1::Paper& out) {
    for (const Mention& mention : dossier.mentions) {
      const v1::Paper& other = *mention.paper;
      if (other.version() != out.version()) continue;
      if (out.comment().empty()) out.set_comment(other.comment());
      if (out.journal_ref().empty()) out.set_journal_ref(other.journal_ref());
      if (out.venue().empty()) out.set_venue(other.venue());
      if (out.code_url().empty()) out.set_code_url(other.code_url());
    }
  }

  static void UniteCategories(const Dossier& dossier, const Seen* seen, v1::Paper& out) {
    std::set<std::string> known(out.categories().begin(), out.categories().end());
    const auto add = [&](const v1::Paper& paper) {
      for (const std::string& category : paper.categories()) {
        if (known.insert(category).second) out.add_categories(category);
      }
    };
    for (const Mention& mention : dossier.mentions) add(*mention.paper);
    for (const v1::Paper* text : dossier.texts) add(*text);
    if (dossier.record_paper != nullptr) {
      add(*dossier.record_paper);
    } else if (seen != nullptr) {
      for (const std::string& category : seen->categories) {
        if (known.insert(category).second) out.add_categories(category);
      }
    }
  }

  // A cross-list was added, or it was withdrawn.
  static bool TellsMore(const v1::Paper& paper, const Seen& seen) {
    if (paper.withdrawn() && !seen.withdrawn) return true;
    if (seen.categories.empty()) return false;
    return std::any_of(
        paper.categories().begin(), paper.categories().end(),
        [&seen](const std::string& category) { return !seen.categories.contains(category); });
  }

  // Figures of listings that were read whole; of feeds elsewhere.
  void CountDeclared() {
    std::map<std::tuple<absl::CivilDay, std::string, int>, std::set<std::string>> fed;
    std::optional<absl::CivilDay> newest;
    if (options_.known != nullptr && !options_.known->empty()) {
      newest = options_.known->rbegin()->first;
    }
    for (size_t i = 0; i < readings_.size(); ++i) {
      const Reading& reading = readings_[i];
      if (reading.outcome != Outcome::kOk && reading.outcome != Outcome::kIncomplete) continue;
      if (merged_.stale.contains(i) || dossiers_.stale.contains(i)) continue;
      for (const v1::Paper& paper : reading.papers) {
        const auto date = calendar::ParseDate(paper.announced());
        if (!date) continue;
        newest = newest ? std::max(*newest, *date) : *date;
        std::string category = reading.category;
        if (category.empty() && paper.categories_size() > 0) category = paper.categories(0);
        if (reading.format == "listing") continue;
        const auto listing = coverage_.find({*date, category});
        if (listing != coverage_.end() && !listing->second.ids.empty()) continue;
        const bool told = paper.announce_type() != v1::ANNOUNCE_TYPE_UNSPECIFIED;
        const auto dossier = dossiers_.by_id.find(paper.arxiv_id());
        if (!told && dossier != dossiers_.by_id.end() && dossier->second.mentions.empty()) continue;
        fed[{*date, category, told ? paper.announce_type() : v1::ANNOUNCE_TYPE_NEW}].insert(
            paper.arxiv_id());
      }
    }
    for (const auto& [key, ids] : fed) {
      AddCount(std::get<0>(key), std::get<1>(key), static_cast<v1::AnnounceType>(std::get<2>(key)),
               static_cast<uint32_t>(ids.size()), v1::COUNT_SOURCE_FEED);
    }
    for (const auto& [key, day] : coverage_) {
      const absl::CivilDay date = key.first;
      // Nothing listed: so it is when a later day is out and OAI-PMH knows of nothing, or when
      // other categories have papers and this one's feed has none.
      const bool doubted = alone_.contains(date) || IsDeclared(date, key.second) ||
                           fed.contains({date, key.second, v1::ANNOUNCE_TYPE_NEW}) ||
                           fed.contains({date, key.second, v1::ANNOUNCE_TYPE_CROSS});
      const bool quiet = newest && date < *newest && IsHarvested(date);
      const bool other = std::any_of(coverage_.begin(), coverage_.end(), [date](const auto& entry) {
        return entry.first.first == date && !entry.second.ids.empty();
      });
      if (day.ids.empty() && (doubted || (!quiet && !other))) continue;
      for (const auto& [section, total] : day.totals) {
        AddCount(date, key.second, section, total, v1::COUNT_SOURCE_LISTING);
      }
    }
  }

  // Whether papers of the category were declared before.
  bool IsDeclared(absl::CivilDay date, const std::string& category) const {
    if (options_.known == nullptr) return false;
    const auto batch = options_.known->find(date);
    if (batch == options_.known->end()) return false;
    const auto& counts = batch->second.declared();
    return std::any_of(counts.begin(), counts.end(), [&](const v1::DeclaredCount& count) {
      return count.category() == category && count.count() > 0;
    });
  }

  void AddCount(absl::CivilDay date, const std::string& category, v1::AnnounceType section,
                uint32_t number, v1::CountSource source) {
    v1::DeclaredCount& count = *Day(date).add_declared();
    count.set_category(category);
    count.set_section(section);
    count.set_count(number);
    count.set_source(source);
  }

  const std::vector<Reading>& readings_;
  const SeenPapers& seen_;
  const MergeOptions& options_;
  const Coverage coverage_;
  Dossiers dossiers_;
  // Dates of which OAI-PMH alone knows papers.
  std::set<absl::CivilDay> alone_;
  Merged merged_;
};

}  // namespace

Seen Remember(const v1::Paper& paper, uint64_t revision, absl::CivilDay announced) {
  return {.revision = revision,
          .announced = announced,
          .type = paper.announce_type(),
          .categories = {paper.categories().begin(), paper.categories().end()},
          .withdrawn = paper.withdrawn()};
}

Merged Merge(const std::vector<Reading>& readings, const SeenPapers& seen,
             const MergeOptions& options) {
  return Merger(readings, seen, options).Merge();
}

}  // namespace paperwire::ingest
