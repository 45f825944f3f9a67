#include "services/ingest/dossier.h"

#include <algorithm>

#include "absl/time/time.h"
#include "libs/calendar/calendar.h"

namespace paperwire::ingest {
namespace {

constexpr absl::Duration kFresh = absl::Hours(24 * 10);

bool IsUsed(const Reading& reading) {
  return reading.outcome == Outcome::kOk || reading.outcome == Outcome::kIncomplete;
}

bool IsReplacement(v1::AnnounceType type) {
  return type == v1::ANNOUNCE_TYPE_REPLACE || type == v1::ANNOUNCE_TYPE_REPLACE_CROSS;
}

// A listing without papers says nothing against a feed that has some: either may be wrong.
const DayListing* ListingOf(const Reading& reading, absl::CivilDay date, const Coverage& coverage) {
  const auto found = coverage.find({date, reading.category});
  return found == coverage.end() || found->second.ids.empty() ? nullptr : &found->second;
}

// On which date a category's listing, read whole, has a paper as new or cross-listed.
using AnnouncedOn = std::map<std::pair<std::string, std::string>, absl::CivilDay>;

AnnouncedOn WhereListed(const Coverage& coverage) {
  AnnouncedOn listed;
  for (const auto& [key, day] : coverage) {
    for (const auto& [id, type] : day.ids) {
      if (!IsReplacement(type)) listed.emplace(std::pair(key.second, id), key.first);
    }
  }
  return listed;
}

// A feed holds another day's papers when most of what it calls new is not in its day's listing, or
// is known to be of another day. arXiv has served such feeds with the current date, and serves
// Friday's again at weekends.
bool IsStale(const Reading& reading, const Coverage& coverage, const SeenPapers& seen,
             const AnnouncedOn& listed) {
  int fresh = 0;
  int elsewhere = 0;
  for (const v1::Paper& paper : reading.papers) {
    const auto date = calendar::ParseDate(paper.announced());
    if (!date || IsReplacement(paper.announce_type())) continue;
    ++fresh;
    if (const DayListing* listing = ListingOf(reading, *date, coverage)) {
      if (!listing->ids.contains(paper.arxiv_id())) ++elsewhere;
      continue;
    }
    const auto other = listed.find({reading.category, paper.arxiv_id()});
    if (other != listed.end() && other->second != *date) {
      ++elsewhere;
      continue;
    }
    const auto known = seen.find(paper.arxiv_id());
    const bool another =
        known != seen.end() && known->second.announced != *date &&
        (known->second.categories.empty() || known->second.categories.contains(reading.category));
    if (another) ++elsewhere;
  }
  return elsewhere * 2 > fresh;
}

// The version that was announced by `date`: those submitted later were announced later.
uint32_t VersionOn(absl::CivilDay date, const Record& record, uint32_t otherwise) {
  uint32_t version = 0;
  for (const Version& one : record.versions) {
    if (one.submitted && calendar::AnnouncedAfter(*one.submitted) <= date) version = one.number;
  }
  return version == 0 ? otherwise : version;
}

class Sorter {
 public:
  Sorter(const std::vector<Reading>& readings, const Coverage& coverage, const SeenPapers& seen)
      : readings_(readings), coverage_(coverage), seen_(seen), listed_(WhereListed(coverage)) {}

  Dossiers Sort() {
    for (const Reading& reading : readings_) AddRecords(reading);
    for (size_t i = 0; i < readings_.size(); ++i) AddAnnouncements(i);
    NoteWhatFeedsLack();
    for (auto& [id, dossier] : dossiers_.by_id) SettleVersions(dossier);
    return std::move(dossiers_);
  }

 private:
  void AddRecords(const Reading& reading) {
    if (!IsUsed(reading)) return;
    for (const Record& record : reading.records) {
      if (record.versions.empty() || record.paper == Record::kNoPaper) continue;
      Dossier& dossier = dossiers_.by_id[record.id];
      of_records_.insert(&reading.papers[record.paper]);
      const bool newer = dossier.record == nullptr ||
                         dossier.record->versions.back().number < record.versions.back().number;
      if (!newer) continue;
      dossier.record = &record;
      dossier.record_paper = &reading.papers[record.paper];
    }
  }

  void AddAnnouncements(size_t place) {
    const Reading& reading = readings_[place];
    if (!IsUsed(reading)) return;
    const bool feed = reading.format == "rss" || reading.format == "atom";
    if (feed && IsStale(reading, coverage_, seen_, listed_)) {
      dossiers_.stale.insert(place);
      return;
    }
    for (const v1::Paper& paper : reading.papers) {
      Dossier& dossier = dossiers_.by_id[paper.arxiv_id()];
      const bool listing = reading.format == "listing";
      if (!listing && !of_records_.contains(&paper)) dossier.texts.push_back(&paper);
      const auto date = calendar::ParseDate(paper.announced());
      if (!date) continue;
      if (feed) {
        fed_.insert({*date, reading.category});
        fed_ids_[{*date, reading.category}].insert(paper.arxiv_id());
        if (const DayListing* day = ListingOf(reading, *date, coverage_)) {
          if (day->ids.contains(paper.arxiv_id())) continue;
          dossier.unlisted.insert(*date);
        }
        // The listing of another day has it: that is when it was announced.
        const auto other = listed_.find({reading.category, paper.arxiv_id()});
        if (other != listed_.end() && other->second != *date &&
            !IsReplacement(paper.announce_type())) {
          continue;
        }
      }
      const bool told = paper.announce_type() != v1::ANNOUNCE_TYPE_UNSPECIFIED;
      dossier.mentions.push_back({.paper = &paper,
                                  .date = *date,
                                  .type = told ? paper.announce_type() : v1::ANNOUNCE_TYPE_NEW,
                                  .version = paper.version(),
                                  .told = told});
    }
  }

  void NoteWhatFeedsLack() {
    for (const auto& key : fed_) {
      const auto listing = coverage_.find(key);
      if (listing == coverage_.end()) continue;
      for (const auto& [id, type] : listing->second.ids) {
        if (IsReplacement(type) || fed_ids_[key].contains(id)) continue;
        dossiers_.by_id[id].unfed.insert(key.first);
      }
    }
  }

  // A listing page does not tell versions: a feed of the same day does, or OAI-PMH.
  static void SettleVersions(Dossier& dossier) {
    for (Mention& mention : dossier.mentions) {
      const v1::Paper* same_day = nullptr;
      for (const v1::Paper* text : dossier.texts) {
        if (text->announced() == mention.paper->announced() && text->version() > 0) same_day = text;
      }
      if (same_day != nullptr) {
        mention.version = std::max(mention.version, same_day->version());
      } else if (dossier.record != nullptr) {
        mention.version = VersionOn(mention.date, *dossier.record, mention.version);
      }
    }
    // What is only worked out gives way to what is told.
    const bool told = std::any_of(dossier.mentions.begin(), dossier.mentions.end(),
                                  [](const Mention& mention) { return mention.told; });
    std::erase_if(dossier.mentions, [&](const Mention& mention) {
      return !mention.told && (told || (dossier.record != nullptr && !dossier.IsFreshRecord()));
    });
  }

  const std::vector<Reading>& readings_;
  const Coverage& coverage_;
  const SeenPapers& seen_;
  const AnnouncedOn listed_;
  // Papers of records that tell every version.
  std::set<const v1::Paper*> of_records_;
  Dossiers dossiers_;
  std::set<std::pair<absl::CivilDay, std::string>> fed_;
  std::map<std::pair<absl::CivilDay, std::string>, std::set<std::string>> fed_ids_;
};

}  // namespace

bool Dossier::IsFreshRecord() const {
  if (record == nullptr || record->versions.size() != 1 || !record->datestamp) return false;
  const auto submitted = record->FirstSubmitted();
  return submitted && calendar::FeedTurn(*record->datestamp) - *submitted <= kFresh;
}

Dossiers MakeDossiers(const std::vector<Reading>& readings, const Coverage& coverage,
                      const SeenPapers& seen) {
  return Sorter(readings, coverage, seen).Sort();
}

}  // namespace paperwire::ingest
