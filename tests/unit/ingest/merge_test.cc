#include "services/ingest/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/ingest/coverage.h"

namespace paperwire::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const absl::CivilDay kMonday(2026, 6, 15);
const absl::CivilDay kTuesday(2026, 6, 16);

struct Entry {
  std::string id;
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_NEW;
  uint32_t version = 1;
  std::vector<std::string> categories = {"cs.LG"};
};

Reading Announced(const std::string& format, const std::string& category, absl::CivilDay day,
                  const std::vector<Entry>& entries) {
  Reading reading;
  reading.format = format;
  reading.category = category;
  reading.announced = day;
  for (const Entry& entry : entries) {
    v1::Paper& paper = reading.papers.emplace_back();
    paper.set_arxiv_id(entry.id);
    paper.set_version(entry.version);
    paper.set_title(format + " " + entry.id);
    paper.set_announced(absl::FormatCivilTime(day));
    paper.set_announce_type(entry.type);
    for (const std::string& one : entry.categories) paper.add_categories(one);
  }
  return reading;
}

Reading Feed(const std::string& category, absl::CivilDay day, const std::vector<Entry>& entries) {
  return Announced("rss", category, day, entries);
}

// A page that holds what it declares, unless `total` says otherwise.
Reading Listing(const std::string& category, absl::CivilDay day, const std::vector<Entry>& entries,
                int total = -1) {
  Reading reading = Announced("listing", category, day, entries);
  for (const auto type :
       {v1::ANNOUNCE_TYPE_NEW, v1::ANNOUNCE_TYPE_CROSS, v1::ANNOUNCE_TYPE_REPLACE}) {
    const int listed = static_cast<int>(std::count_if(
        entries.begin(), entries.end(), [type](const Entry& entry) { return entry.type == type; }));
    if (listed == 0) continue;
    const int declared = total >= 0 && type == v1::ANNOUNCE_TYPE_NEW ? total : listed;
    reading.listing.sections.push_back(
        {.type = type, .total = declared, .shown = listed, .listed = listed});
  }
  if (entries.empty()) reading.outcome = Outcome::kEmpty;
  return reading;
}

// `submitted`: of each version, in days before `changed`.
void AddRecord(const std::string& id, absl::CivilDay changed, const std::vector<int>& submitted,
               Reading& reading, const std::vector<std::string>& categories = {"cs.LG"}) {
  reading.format = "oai";
  Record& record = reading.records.emplace_back();
  record.id = id;
  record.datestamp = changed;
  record.paper = reading.papers.size();
  v1::Paper& paper = reading.papers.emplace_back();
  paper.set_arxiv_id(id);
  paper.set_title("oai " + id);
  for (const std::string& category : categories) paper.add_categories(category);
  for (const int days : submitted) {
    const auto number = static_cast<uint32_t>(record.versions.size() + 1);
    record.versions.push_back(
        {.number = number,
         .submitted = absl::FromCivil(changed - days, absl::UTCTimeZone()) + absl::Hours(12)});
    paper.set_version(number);
  }
}

std::vector<std::string> Reasons(const v1::Batch& batch) {
  std::vector<std::string> reasons;
  for (const v1::BatchDifference& difference : batch.differences()) {
    reasons.push_back(difference.arxiv_id() + ": " + difference.reason());
  }
  return reasons;
}

TEST(Coverage, IsWhatTheListingDeclaresAndHolds) {
  const Coverage whole = WhatListingsCover({Listing("cs.LG", kMonday, {{"2606.00001"}})});
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_THAT(whole.begin()->second.totals,
              ElementsAre(Pair(v1::ANNOUNCE_TYPE_NEW, 1u), Pair(v1::ANNOUNCE_TYPE_CROSS, 0u),
                          Pair(v1::ANNOUNCE_TYPE_REPLACE, 0u)));
  EXPECT_THAT(WhatListingsCover({Listing("cs.LG", kMonday, {{"2606.00001"}}, /*total=*/2)}),
              IsEmpty())
      << "one is missing";

  Reading first = Listing("cs.LG", kMonday, {{"2606.00001"}}, 2);
  first.listing.more = true;
  EXPECT_THAT(WhatListingsCover({first}), IsEmpty()) << "there is another page";
  EXPECT_EQ(WhatListingsCover({first, Listing("cs.LG", kMonday, {{"2606.00002"}}, 2)}).size(), 1u);
  Reading broken = Listing("cs.LG", kMonday, {});
  broken.outcome = Outcome::kTruncated;
  EXPECT_THAT(WhatListingsCover({first, broken}), IsEmpty());
}

TEST(Merge, TheListingDecidesWhatWasAnnouncedAndAsWhat) {
  const Merged merged =
      Merge({Feed("cs.LG", kMonday, {{"2606.00001"}, {"2606.00002"}, {"2606.00004"}}),
             Listing("cs.LG", kMonday, {{"2606.00001"}, {"2606.00002"}, {"2606.00003"}})},
            {});
  const v1::Batch& batch = merged.batches.at(kMonday);
  EXPECT_THAT(batch.paper_ids(),
              ElementsAre("2606.00001", "2606.00002", "2606.00003", "2606.00004"));
  EXPECT_THAT(Reasons(batch), ElementsAre("2606.00003: in the listing, not in the feed",
                                          "2606.00004: in the feed, not in the listing"));
  ASSERT_EQ(batch.declared_size(), 3);
  EXPECT_EQ(batch.declared(0).count(), 3u) << "the listing's figure";
  EXPECT_EQ(batch.declared(0).source(), v1::COUNT_SOURCE_LISTING);
  EXPECT_EQ(merged.papers[0].title(), "rss 2606.00001");
  EXPECT_EQ(merged.papers[2].title(), "listing 2606.00003");
}

TEST(Merge, AFeedOfAnotherDayIsStaleAndTellsNothing) {
  const std::vector<Entry> monday = {{"2606.00001"}, {"2606.00002"}};
  const std::vector<Entry> tuesday = {{"2606.00003"}, {"2606.00004"}};
  // Told by the listing …
  Merged merged = Merge({Feed("cs.LG", kTuesday, monday), Listing("cs.LG", kTuesday, tuesday),
                         Listing("cs.LG", kMonday, monday)},
                        {});
  EXPECT_THAT(merged.stale, ElementsAre(0u));
  EXPECT_THAT(merged.batches.at(kMonday).paper_ids(), ElementsAre("2606.00001", "2606.00002"));
  EXPECT_THAT(merged.batches.at(kTuesday).paper_ids(), ElementsAre("2606.00003", "2606.00004"));
  // … or by what is known of its papers.
  SeenPapers seen;
  for (const Entry& entry : monday) {
    seen[entry.id] = {.revision = uint64_t{1} << 40, .announced = kMonday};
  }
  merged = Merge({Feed("cs.LG", kTuesday, monday)}, seen);
  EXPECT_THAT(merged.stale, ElementsAre(0u));
  EXPECT_THAT(merged.batches, IsEmpty());
  // A listing without papers proves nothing.
  merged = Merge({Feed("cs.LG", kTuesday, tuesday), Listing("cs.LG", kTuesday, {})}, {});
  EXPECT_THAT(merged.stale, IsEmpty());
  EXPECT_THAT(merged.batches.at(kTuesday).paper_ids(), ElementsAre("2606.00003", "2606.00004"));
}

TEST(Merge, OaiPmhTellsTheVersionThatAListingLeavesOut) {
  Reading records;
  // Submitted on the Friday before, replaced on the following Monday.
  AddRecord("2606.00001", kTuesday, {4, 1}, records, {"cs.CL", "cs.LG"});
  // Submitted a year before.
  AddRecord("2506.00002", kTuesday, {360}, records, {"cs.CL", "cs.LG"});
  const Merged merged = Merge(
      {Listing("cs.LG", kMonday,
               {{"2606.00001", v1::ANNOUNCE_TYPE_CROSS}, {"2506.00002", v1::ANNOUNCE_TYPE_CROSS}}),
       records},
      {});
  EXPECT_THAT(merged.batches.at(kMonday).paper_ids(), ElementsAre("2606.00001"))
      << "it was version 1 on that day";
  EXPECT_THAT(merged.batches.at(kMonday).old_cross_ids(), ElementsAre("2506.00002"));
  ASSERT_EQ(merged.papers.size(), 1u);
  EXPECT_EQ(merged.papers[0].version(), 2u) << "and is version 2 now";
  EXPECT_EQ(merged.papers[0].announced(), "2026-06-15");
}

TEST(Merge, APaperThatOnlyOaiPmhKnowsIsNewOnceItsListingWasAskedFor) {
  Reading records;
  AddRecord("2606.00001", kTuesday, {4}, records);
  AddRecord("2506.00002", kTuesday, {360}, records);
  AddRecord("2606.00003", kTuesday, {8, 1}, records);
  const Merged merged = Merge({records}, {});
  EXPECT_THAT(merged.to_list, ElementsAre(kMonday, kTuesday)) << "submitted on Friday";
  ASSERT_EQ(merged.papers.size(), 1u) << "neither an old one nor a new version of one";
  EXPECT_EQ(merged.papers[0].arxiv_id(), "2606.00001");
  EXPECT_EQ(merged.papers[0].announced(), "2026-06-16");
  EXPECT_THAT(Reasons(merged.batches.at(kTuesday)),
              ElementsAre("2606.00001: in OAI-PMH, in no announcement"));
  // The listing knows better when.
  const Merged listed = Merge({records, Listing("cs.LG", kMonday, {{"2606.00001"}})}, {});
  EXPECT_EQ(listed.papers[0].announced(), "2026-06-15");
  // A listing without it says that it was another day.
  const Merged earlier = Merge({records, Listing("cs.LG", kTuesday, {{"2606.00009"}})}, {});
  EXPECT_EQ(earlier.papers[0].announced(), "2026-06-15");
  EXPECT_THAT(earlier.to_list, ElementsAre(kMonday));
  // Before the days of interest it may have been announced at any time.
  EXPECT_THAT(Merge({records}, {}, {.oldest = kTuesday}).papers, IsEmpty());
  EXPECT_THAT(Merge({records}, {}, {.newest = kMonday}).papers, IsEmpty()) << "not out yet";
}

TEST(Merge, AnEarlierDayThatIsLearnedLaterIsTold) {
  SeenPapers seen;
  seen["2606.00001"] = {
      .revision = uint64_t{1} << 40, .announced = kTuesday, .categories = {"cs.LG"}};
  const Merged merged = Merge({Listing("cs.LG", kMonday, {{"2606.00001"}})}, seen);
  EXPECT_THAT(merged.changed, ElementsAre("2606.00001"));
  EXPECT_EQ(merged.papers[0].announced(), "2026-06-15");
  // And the later day does not declare it any more.
  v1::Batch tuesday;
  tuesday.add_paper_ids("2606.00001");
  tuesday.add_paper_ids("2606.00002");
  EXPECT_THAT(Unite(tuesday, merged.batches.at(kTuesday)).paper_ids(), ElementsAre("2606.00002"));
}

TEST(Merge, AFeedUnderTheDayBeforeIsStaleWhenTheListingHasItsPapers) {
  const std::vector<Entry> tuesday = {{"2606.00003"}, {"2606.00004"}};
  const Merged merged =
      Merge({Feed("cs.LG", kMonday, tuesday), Listing("cs.LG", kTuesday, tuesday)}, {});
  EXPECT_THAT(merged.stale, ElementsAre(0u));
  EXPECT_EQ(merged.batches.count(kMonday), 0u);
  EXPECT_THAT(merged.batches.at(kTuesday).paper_ids(), ElementsAre("2606.00003", "2606.00004"));
}

TEST(Merge, WhatWasAnnouncedAndOaiPmhLacksIsADifference) {
  Reading records;
  AddRecord("2606.00001", kMonday, {3}, records);
  const MergeOptions harvested{.records_since = kMonday - 2,
                               .records_at = absl::FromCivil(kTuesday, absl::UTCTimeZone())};
  const Merged merged =
      Merge({Feed("cs.LG", kMonday, {{"2606.00001"}, {"2606.00002"}}), records}, {}, harvested);
  EXPECT_THAT(Reasons(merged.batches.at(kMonday)),
              ElementsAre("2606.00002: announced, not in OAI-PMH"));
  EXPECT_EQ(merged.papers.size(), 2u);
}

TEST(Merge, ADifferenceIsExplainedByWhatIsReadLater) {
  std::map<absl::CivilDay, v1::Batch> known;
  v1::Batch& batch = known[kMonday];
  batch.set_announced("2026-06-22");
  for (const char* id : {"2606.00001", "2606.00002"}) {
    v1::BatchDifference& difference = *batch.add_differences();
    difference.set_arxiv_id(id);
    difference.set_reason("announced, not in OAI-PMH");
  }
  SeenPapers seen;
  seen["2606.00001"] = {.revision = uint64_t{1} << 40, .announced = kMonday};
  Reading records;
  AddRecord("2606.00001", kTuesday, {3}, records);
  const Merged merged = Merge({records}, seen, {.known = &known});
  const v1::Batch united = Unite(batch, merged.batches.at(kMonday));
  ASSERT_EQ(united.differences_size(), 2);
  EXPECT_TRUE(united.differences(0).explained());
  EXPECT_FALSE(united.differences(1).explained());
}

TEST(Merge, ADayWithoutPapersIsDeclaredOnlyWhenALaterOneIsOut) {
  const Reading quiet = Listing("cs.LG", kMonday, {});
  EXPECT_THAT(Merge({quiet}, {}).batches, IsEmpty()) << "not out yet, or a glitch";
  const MergeOptions harvested{.records_since = kMonday - 2,
                               .records_at = absl::FromCivil(kTuesday, absl::UTCTimeZone())};
  EXPECT_EQ(Merge({quiet, Listing("cs.LG", kTuesday, {{"2606.00001"}})}, {}).batches.count(kMonday),
            0u)
      << "OAI-PMH was not asked";
  const Merged later = Merge({quiet, Listing("cs.LG", kTuesday, {{"2606.00001"}})}, {}, harvested);
  EXPECT_TRUE(IsListed(later.batches.at(kMonday), {"cs.LG"}));
  EXPECT_THAT(later.batches.at(kMonday).paper_ids(), IsEmpty());
  // OAI-PMH knows otherwise.
  Reading records;
  AddRecord("2606.00009", kMonday, {3}, records, {"stat.ML"});
  const Merged doubted =
      Merge({quiet, Listing("cs.LG", kTuesday, {{"2606.00001"}}), records}, {}, harvested);
  EXPECT_FALSE(IsListed(doubted.batches.at(kMonday), {"cs.LG"}));
}

TEST(Merge, AnOldCrossListIsACardOnlyWhenAskedFor) {
  const std::vector<Reading> readings = {
      Feed("cs.LG", kMonday, {{"2201.00001", v1::ANNOUNCE_TYPE_CROSS, 3}})};
  EXPECT_THAT(Merge(readings, {}).papers, IsEmpty());
  const Merged shown = Merge(readings, {}, {.show_old_cross_lists = true});
  ASSERT_EQ(shown.papers.size(), 1u);
  EXPECT_EQ(shown.papers[0].announce_type(), v1::ANNOUNCE_TYPE_CROSS);
  EXPECT_THAT(shown.batches.at(kMonday).paper_ids(), IsEmpty());
  EXPECT_THAT(shown.batches.at(kMonday).old_cross_ids(), ElementsAre("2201.00001"));
}

TEST(Merge, TellsAWithdrawalAndAnAddedCategoryOfAKnownVersion) {
  SeenPapers seen;
  seen["2606.00001"] = {
      .revision = uint64_t{1} << 40, .announced = kMonday, .categories = {"cs.LG"}};
  seen["2606.00002"] = {.revision = uint64_t{1} << 40, .announced = kMonday};
  Reading records;
  AddRecord("2606.00001", kTuesday, {3}, records, {"cs.LG", "stat.ML"});
  AddRecord("2606.00002", kTuesday, {3}, records, {"cs.LG", "stat.ML"});
  EXPECT_THAT(Merge({records}, seen).changed, ElementsAre("2606.00001"))
      << "of the other the categories are not known";
  records.papers[1].set_withdrawn(true);
  EXPECT_THAT(Merge({records}, seen).changed, ElementsAre("2606.00001", "2606.00002"));
}

TEST(Batch, AListingsFiguresReplaceAFeeds) {
  const v1::Batch fed =
      Merge({Feed("cs.LG", kMonday,
                  {{"2606.00001"}, {"2606.00002"}, {"2601.00001", v1::ANNOUNCE_TYPE_REPLACE, 2}})},
            {})
          .batches.at(kMonday);
  const v1::Batch listed =
      Merge({Listing("cs.LG", kMonday, {{"2606.00001"}})}, {}).batches.at(kMonday);
  const v1::Batch united = Unite(fed, listed);
  EXPECT_THAT(united.paper_ids(), ElementsAre("2606.00001", "2606.00002"));
  for (const v1::DeclaredCount& count : united.declared()) {
    EXPECT_EQ(count.source(), v1::COUNT_SOURCE_LISTING);
    EXPECT_EQ(count.count(), count.section() == v1::ANNOUNCE_TYPE_NEW ? 1u : 0u);
  }
}

}  // namespace
}  // namespace paperwire::ingest
