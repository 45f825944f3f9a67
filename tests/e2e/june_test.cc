// June 2026, morning by morning: a weekend, a holiday (Friday the 19th, so no batch on Monday the
// 22nd) and the double batch of Tuesday the 23rd. ingest asks a stand-in for arXiv; everything else
// is real. Each paper arrives once, on its day; also when ingest is killed and Redis emptied.
#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "tests/support/arxiv/arxiv_stand_in.h"
#include "tests/support/arxiv/new_on.h"
#include "tests/support/arxiv/sources.h"
#include "tests/support/http_get.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using absl::CivilDay;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitUntil;
using Ids = std::set<std::string>;

const std::vector<std::string> kCategories = {"cs.LG", "stat.ML"};
const CivilDay kFirst(2026, 6, 15);
const CivilDay kWednesday(2026, 6, 17);
const CivilDay kThursday(2026, 6, 18);
const CivilDay kFriday(2026, 6, 19);
const CivilDay kSunday(2026, 6, 21);
const CivilDay kDouble(2026, 6, 23);

enum class Papers { kRecorded, kInvented };

// When a cycle is killed.
enum class Moment {
  // arXiv has answered some of its requests. Done again at 13:30.
  kAsking,
  // Its first batch is on the topic. The next morning makes it whole.
  kDeclaring,
  // Its first papers are on the topic; likewise.
  kPublishing,
};

// What befalls the system, by the June morning.
struct Faults {
  const char* name;
  std::map<CivilDay, Moment> killed = {};
  // Redis is emptied before the cycle.
  std::set<CivilDay> emptied = {};
};

// What has been told so far on the topics.
struct Told {
  // The announcement dates that a paper was ever published with.
  std::map<std::string, Ids> dates;
  std::map<std::string, Ids> papers_of;
  int records = 0;
  // Records of a paper and revision that had one already.
  int repeated = 0;
  std::map<std::string, v1::Batch> batches;
};

class JuneTest : public support::StackTest, public testing::WithParamInterface<Papers> {
 protected:
  void SetUp() override {
    const auto data = support::Environment("PAPERWIRE_TEST_DATA");
    if (GetParam() == Papers::kRecorded) {
      if (!data) GTEST_SKIP() << "SKIPPED: PAPERWIRE_TEST_DATA is not set";
      daily_ = *data + "/arxiv/papers/daily/";
      const absl::Status added = arxiv::AddRecordedJune(*data + "/arxiv", world_);
      ASSERT_TRUE(added.ok()) << added;
    } else if (data && !support::Environment("PAPERWIRE_E2E_BOTH_JUNES")) {
      GTEST_SKIP() << "SKIPPED: June as recorded is lived through; script/test --all runs both";
    } else {
      arxiv::Generate({.from = CivilDay(2026, 6, 8),
                       .to = CivilDay(2026, 6, 26),
                       .papers_a_day = 25,
                       .seed = 11},
                      world_);
    }
    for (const CivilDay day : world_.Days()) new_on_[day] = NewOn(world_, kCategories, day);
    arxiv_ = std::make_unique<arxiv::ArxivStandIn>(world_, clock_);
    StackTest::SetUp();
  }

  std::vector<std::string> Arguments(const std::string& as_of) {
    const std::string url = arxiv_->url();
    return {"--as-of",   as_of,        "--rss-url",          url,  "--listing-url", url,
            "--oai-url", url + "/oai", "--request-interval", "0ms"};
  }

  std::string SetTime(CivilDay day, const std::string& time_of_day) {
    const std::string text = calendar::FormatDate(day) + "T" + time_of_day + ":00Z";
    absl::Time time;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
    const auto ahead = absl::ToChronoTime(time) - clock_.Now();
    EXPECT_GE(ahead.count(), 0) << text << " is over";
    clock_.Advance(std::chrono::duration_cast<milliseconds>(ahead));
    return text;
  }

  // A cycle to its end.
  void Look(CivilDay day, const std::string& time_of_day) {
    arxiv_->ForgetRequests();
    const auto cycle = stack().IngestWith(Arguments(SetTime(day, time_of_day)));
    ASSERT_TRUE(cycle.ok()) << cycle.status();
    ASSERT_EQ(cycle->exit_code, 0) << calendar::FormatDate(day) << ": " << cycle->output;
    usual_requests_ = arxiv_->requests().size();
    most_requests_ = std::max(most_requests_, usual_requests_);
  }

  // The morning's cycle, killed in the middle.
  void LookAndKill(CivilDay day, Moment moment) {
    arxiv_->ForgetRequests();
    const size_t answered = 1 + random_() % usual_requests_;
    const std::string topic = moment == Moment::kDeclaring ? "batches" : "new-paper";
    const int64_t before = stack().RecordCount(topic);
    auto cycle = stack().StartIngestWith(Arguments(SetTime(day, "05:30")));
    ASSERT_TRUE(cycle.ok()) << cycle.status();
    const auto has_come = [&] {
      if (moment == Moment::kAsking) return arxiv_->requests().size() >= answered;
      return stack().RecordCount(topic) > before;
    };
    EXPECT_TRUE(WaitUntil(seconds(60), has_come, milliseconds(0))) << (*cycle)->Output();
    const bool running = (*cycle)->running();
    (*cycle)->KillNow();
    // Little is left to do once the papers are out.
    EXPECT_TRUE(running || moment == Moment::kPublishing) << (*cycle)->Output();
    if (running) ++kills_;
    std::printf("  %s: killed with %zu requests answered, %ld batches and %ld papers out\n",
                calendar::FormatDate(day).c_str(), arxiv_->requests().size(),
                static_cast<long>(stack().RecordCount("batches")),
                static_cast<long>(stack().RecordCount("new-paper")));
  }

  Told ReadTopics() {
    Told told;
    const auto papers = stack().Records("new-paper");
    const auto batches = stack().Records("batches");
    EXPECT_TRUE(papers.ok() && batches.ok());
    if (!papers.ok() || !batches.ok()) return told;
    std::set<std::pair<std::string, uint64_t>> revisions;
    for (const bus::Message& message : *papers) {
      v1::NewPaper event;
      EXPECT_TRUE(events::Decode(message, event).ok()) << message.key;
      const std::string& id = event.paper().arxiv_id();
      told.dates[id].insert(event.paper().announced());
      told.papers_of[event.paper().announced()].insert(id);
      ++told.records;
      if (!revisions.emplace(id, event.revision().value()).second) ++told.repeated;
    }
    for (const bus::Message& message : *batches) {
      v1::Batch batch;
      EXPECT_TRUE(events::Decode(message, batch).ok()) << message.key;
      told.batches[batch.announced()] = batch;
    }
    return told;
  }

  // What arXiv prints above the sections of a day's listing, and what the batch says it declares.
  void ExpectDeclaredAsListed(CivilDay day, const v1::Batch& batch) {
    static const std::regex kHeading(R"((\w+) submissions \(showing \d+ of (\d+) entries\))");
    static const std::map<std::string, v1::AnnounceType> kNames = {
        {"New", v1::ANNOUNCE_TYPE_NEW},
        {"Cross", v1::ANNOUNCE_TYPE_CROSS},
        {"Replacement", v1::ANNOUNCE_TYPE_REPLACE}};
    for (const std::string& category : kCategories) {
      std::map<v1::AnnounceType, uint32_t> printed;
      for (const auto& [name, section] : kNames) printed[section] = 0;
      const auto page = support::HttpGet(arxiv_->port(),
                                         "/catchup/" + category + "/" + calendar::FormatDate(day));
      for (std::sregex_iterator match(page.body.begin(), page.body.end(), kHeading), end;
           match != end; ++match) {
        printed[kNames.at((*match)[1])] = static_cast<uint32_t>(std::stoul((*match)[2]));
      }
      std::map<v1::AnnounceType, uint32_t> declared;
      for (const v1::DeclaredCount& count : batch.declared()) {
        if (count.category() == category && count.source() == v1::COUNT_SOURCE_LISTING)
          declared[count.section()] = count.count();
      }
      EXPECT_EQ(declared, printed) << category << " on " << calendar::FormatDate(day);
    }
  }

  // Every date up to `today` on the topics: published and declared is what arXiv made new then.
  void ExpectWholeTopics(CivilDay today, const Told& told) {
    for (const auto& [id, dates] : told.dates) {
      EXPECT_EQ(dates.size(), 1u) << id << " was announced twice";
    }
    for (const auto& [date, papers] : told.papers_of) {
      EXPECT_TRUE(new_on_.contains(calendar::ParseDate(date).value())) << date;
    }
    // A day of which arXiv lists nothing at all may be declared as empty.
    for (const auto& [date, batch] : told.batches) {
      EXPECT_TRUE(new_on_.contains(calendar::ParseDate(date).value()) || batch.paper_ids().empty())
          << date;
    }
    for (const auto& [day, ids] : new_on_) {
      const std::string date = calendar::FormatDate(day);
      // A first start fills the window, and no more.
      if (day > today || day < calendar::OldestInWindow(kFirst)) {
        EXPECT_FALSE(told.batches.contains(date) || told.papers_of.contains(date)) << date;
        continue;
      }
      const auto papers = told.papers_of.find(date);
      EXPECT_EQ(papers == told.papers_of.end() ? Ids() : papers->second, ids) << date;
      const auto batch = told.batches.find(date);
      if (batch == told.batches.end()) {
        ADD_FAILURE() << "no batch of " << date;
        continue;
      }
      EXPECT_EQ(Ids(batch->second.paper_ids().begin(), batch->second.paper_ids().end()), ids)
          << date;
      ExpectDeclaredAsListed(day, batch->second);
    }
  }

  // The window up to its newest day: the list, the ledger and the change stream.
  void ExpectWholeWindow(CivilDay newest) {
    std::map<std::string, Ids> expected;
    std::vector<std::string> all;
    for (const auto& [day, ids] : new_on_) {
      if (day > newest || day < calendar::OldestInWindow(newest)) continue;
      expected[calendar::FormatDate(day)] = ids;
      all.insert(all.end(), ids.begin(), ids.end());
    }
    const int count = static_cast<int>(all.size());
    EXPECT_TRUE(stack().WaitForCount(count, seconds(90)));
    ledger_ = stack().WaitForLedger(count, seconds(60));
    EXPECT_TRUE(WaitUntil(seconds(30), [&] { return ChangedPapers(expected); }))
        << "the change stream does not have every paper of the window";

    const auto entries = stack().feed().ListAll();
    ASSERT_TRUE(entries.ok()) << entries.status();
    std::map<std::string, Ids> listed;
    for (const v1::Entry& entry : *entries) {
      listed[entry.paper().announced()].insert(entry.paper().arxiv_id());
    }
    EXPECT_EQ(listed, expected);
    const auto status = stack().feed().Status();
    ASSERT_TRUE(status.ok()) << status.status();
    EXPECT_EQ(status->state(), v1::FEED_STATE_RECORDED) << status->sentence();
    EXPECT_EQ(status->newest_announced(), calendar::FormatDate(newest));
    for (const v1::LedgerDay& day : status->days()) {
      const std::string line = day.ShortDebugString();
      const auto ids = expected.find(day.announced());
      EXPECT_EQ(day.declared(), ids == expected.end() ? 0 : ids->second.size()) << line;
      EXPECT_TRUE(day.balanced()) << line;
      EXPECT_EQ(day.missing() + day.dead_lettered(), 0u) << line;
    }
    EXPECT_EQ(ledger_.served, count) << ledger_.ToString();
    auto evidence = stack().Collect(std::move(all));
    ASSERT_TRUE(evidence.ok()) << evidence.status();
    verdict_ = support::Judge(*evidence);
    EXPECT_TRUE(verdict_.clean()) << verdict_.ToString();
  }

  bool ChangedPapers(const std::map<std::string, Ids>& window) {
    const auto changes = stack().ReadStream("{pw}:changes");
    if (!changes.ok()) return false;
    Ids changed;
    for (const support::Sighting& change : *changes) changed.insert(change.arxiv_id);
    return std::all_of(window.begin(), window.end(), [&](const auto& day) {
      return std::includes(changed.begin(), changed.end(), day.second.begin(), day.second.end());
    });
  }

  // The recorded lists themselves: what no earlier one holds.
  void ExpectRecordedIds() {
    if (daily_.empty()) return;
    Ids before;
    for (CivilDay day = kFirst; day <= kDouble; ++day) {
      Ids ids;
      std::ifstream file(daily_ + calendar::FormatDate(day) + ".jsonl");
      for (std::string line; std::getline(file, line);) {
        const nlohmann::json paper = nlohmann::json::parse(line);
        const auto categories = paper.at("categories").get<Ids>();
        const auto id = paper.at("id").get<std::string>();
        const bool ours = categories.contains("cs.LG") || categories.contains("stat.ML");
        if (ours && !before.contains(id)) ids.insert(id);
      }
      before.insert(ids.begin(), ids.end());
      // Of the 23rd there is a recorded feed too, which lists more.
      if (day == kDouble) {
        EXPECT_TRUE(
            std::includes(new_on_[day].begin(), new_on_[day].end(), ids.begin(), ids.end()));
      } else if (ids.empty()) {
        EXPECT_FALSE(new_on_.contains(day)) << calendar::FormatDate(day);
      } else {
        EXPECT_EQ(new_on_[day], ids) << calendar::FormatDate(day);
      }
    }
  }

  void LiveThrough(const Faults& faults) {
    ASSERT_NO_FATAL_FAILURE(ExpectRecordedIds());
    ASSERT_TRUE(stack().StartServices().ok());
    support::Stopwatch watch;
    const CivilDay last = new_on_.rbegin()->first;
    int mornings = 0;
    int quiet = 0;
    CivilDay newest = kFirst;
    for (CivilDay day = kFirst; day <= last; ++day) {
      SCOPED_TRACE(calendar::FormatDate(day));
      ++mornings;
      const int64_t papers = stack().RecordCount("new-paper");
      const int64_t batches = stack().RecordCount("batches");
      if (faults.emptied.contains(day)) {
        ASSERT_TRUE(stack().redis_client().Call({"FLUSHALL"}).ok());
      }
      const auto kill = faults.killed.find(day);
      if (kill != faults.killed.end()) {
        ASSERT_NO_FATAL_FAILURE(LookAndKill(day, kill->second));
        if (kill->second != Moment::kAsking) continue;
        ASSERT_NO_FATAL_FAILURE(Look(day, "13:30"));
      } else {
        ASSERT_NO_FATAL_FAILURE(Look(day, "05:30"));
      }
      if (new_on_.contains(day)) {
        newest = day;
      } else {
        ++quiet;
        EXPECT_EQ(stack().RecordCount("new-paper"), papers);
        EXPECT_EQ(stack().RecordCount("batches"), batches);
      }
      const Told told = ReadTopics();
      ExpectWholeTopics(day, told);
      ASSERT_NO_FATAL_FAILURE(ExpectWholeWindow(newest));
      EXPECT_TRUE(told.repeated == 0 || kills_ > 0) << told.repeated;
    }
    const Told told = ReadTopics();
    std::printf(
        "FAULT=june %s, %s, seed=%d: %d mornings (%d quiet), %zu papers on %zu days in %d records "
        "(%d "
        "again), %d kills, Redis emptied %zu times; at most %zu requests a cycle; window: %s; "
        "ledger: %s; %.0f s\n",
        GetParam() == Papers::kRecorded ? "recorded" : "invented", faults.name, seed_, mornings,
        quiet, told.dates.size(), told.papers_of.size(), told.records, told.repeated, kills_,
        faults.emptied.size(), most_requests_, verdict_.ToString().c_str(),
        ledger_.ToString().c_str(), watch.seconds());
  }

 private:
  std::string daily_;
  arxiv::World world_;
  std::map<CivilDay, Ids> new_on_;
  // The morning of the first day.
  clock::FakeClock clock_{absl::ToChronoTime(
      absl::FromCivil(absl::CivilMinute(2026, 6, 15, 5, 30), absl::UTCTimeZone()))};
  std::unique_ptr<arxiv::ArxivStandIn> arxiv_;
  const int seed_ = support::EnvironmentNumber("PAPERWIRE_E2E_SEED", 20260624);
  std::mt19937 random_{static_cast<uint32_t>(seed_)};
  size_t usual_requests_ = 1;
  size_t most_requests_ = 0;
  int kills_ = 0;
  support::LedgerSum ledger_;
  support::Verdict verdict_;
};

TEST_P(JuneTest, EveryPaperArrivesOnceOnItsDay) { LiveThrough({.name = "no fault"}); }

TEST_P(JuneTest, EveryPaperArrivesOnceOnItsDayThoughIngestIsKilled) {
  LiveThrough({.name = "ingest killed",
               .killed = {{kWednesday, Moment::kAsking},
                          {kThursday, Moment::kPublishing},
                          {kDouble, Moment::kDeclaring}}});
}

TEST_P(JuneTest, NothingIsAnnouncedAgainAfterRedisWasEmptied) {
  LiveThrough({.name = "Redis emptied", .emptied = {kFriday, kSunday, kDouble}});
}

INSTANTIATE_TEST_SUITE_P(Worlds, JuneTest, testing::Values(Papers::kInvented, Papers::kRecorded),
                         [](const auto& one) {
                           return one.param == Papers::kRecorded ? "Recorded" : "Invented";
                         });

}  // namespace
}  // namespace paperwire
