#include "tests/integration/ingest/arxiv_days.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "libs/calendar/calendar.h"
#include "libs/calendar/feed_state.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/ingest/arxiv_source.h"
#include "services/ingest/cycle.h"
#include "services/ingest/polite_arxiv.h"
#include "services/ingest/times.h"
#include "services/serve/ledger.h"
#include "tests/support/arxiv/new_on.h"
#include "tests/support/arxiv/sources.h"

namespace paperwire::ingest {
namespace {

arxiv::World JuneWorld() {
  arxiv::World world;
  arxiv::Generate({.from = absl::CivilDay(2026, 6, 8),
                   .to = absl::CivilDay(2026, 6, 30),
                   .papers_a_day = 20,
                   .seed = 7},
                  world);
  return world;
}

clock::WallTime ToWall(const std::string& time) {
  return absl::ToChronoTime(*ingest::ParseTime(time));
}

// The bus as a process sees it that is killed on the way.
class CutPublisher final : public bus::Publisher {
 public:
  CutPublisher(bus::Publisher& inner, int& left, std::function<void()> first_paper)
      : inner_(inner), left_(left), first_paper_(std::move(first_paper)) {}

  void Publish(bus::Message message, Delivered delivered) override {
    if (message.topic == events::kNewPaper && first_paper_) std::exchange(first_paper_, {})();
    if (left_ == 0) return delivered(absl::UnavailableError("killed"));
    if (left_ > 0) --left_;
    inner_.Publish(std::move(message), std::move(delivered));
  }
  absl::Status Flush(std::chrono::milliseconds timeout) override { return inner_.Flush(timeout); }

 private:
  bus::Publisher& inner_;
  int& left_;
  std::function<void()> first_paper_;
};

int FailedInARow(const std::vector<v1::Cycle>& cycles) {
  const auto good = std::find_if(cycles.rbegin(), cycles.rend(), [](const v1::Cycle& cycle) {
    return cycle.outcome() != v1::CYCLE_OUTCOME_FAILED;
  });
  return static_cast<int>(good - cycles.rbegin());
}

}  // namespace

ArxivDays::ArxivDays(const arxiv::StandInOptions& options)
    : clock_(ToWall("2026-06-23T05:30:00Z")),
      arxiv_(JuneWorld(), clock_, options),
      state_(clock_) {}

v1::Cycle ArxivDays::Run(bool glance) {
  PoliteArxiv arxiv(
      client_, state_, clock_,
      {.endpoints = {{.base_url = arxiv_.url(), .timeout = std::chrono::milliseconds(2000)}},
       .owner = "test",
       .contact = "mailto:reader@example.org"},
      metrics_);
  ArxivSource source(arxiv, {.categories = categories_,
                             .rss_url = arxiv_.url(),
                             .listing_url = arxiv_.url(),
                             .oai_url = arxiv_.url() + "/oai"});
  const window::ReadTopic read_topic =
      [this](const std::string& topic, const std::function<bool(const bus::Message&)>& visit) {
        for (const bus::Message& message : broker_.Records(topic)) {
          if (!visit(message)) break;
        }
        return absl::OkStatus();
      };
  CutPublisher publisher(publisher_, records_left_,
                         [this] { asked_before_papers_ = arxiv_.requests().size(); });
  CycleRunner runner(source, seen_, generations_, publisher, read_topic, clock_, metrics_, {});
  cycles_.push_back(runner.Run({}, glance));
  return cycles_.back();
}

void ArxivDays::RunCutOff(int records) {
  records_left_ = records;
  Run();
  records_left_ = -1;
}

void ArxivDays::SetNow(const std::string& time) {
  const auto ahead = ToWall(time) - clock_.Now();
  ASSERT_GE(ahead.count(), 0) << time << " is over";
  clock_.Advance(std::chrono::duration_cast<std::chrono::milliseconds>(ahead));
}

void ArxivDays::Morning(int day) {
  SetNow(calendar::FormatDate(absl::CivilDay(2026, 6, day)) + "T05:30:00Z");
}

std::set<std::string> ArxivDays::NewOn(absl::CivilDay day) const {
  return arxiv::NewOn(const_cast<arxiv::ArxivStandIn&>(arxiv_).world(), categories_, day);
}

std::vector<v1::NewPaper> ArxivDays::Published() const {
  std::vector<v1::NewPaper> events;
  for (const bus::Message& message : broker_.Records("new-paper")) {
    EXPECT_TRUE(events::Decode(message, events.emplace_back()).ok());
  }
  return events;
}

std::set<std::string> ArxivDays::PublishedOn(absl::CivilDay day) const {
  std::set<std::string> ids;
  for (const v1::NewPaper& event : Published()) {
    if (event.paper().announced() == calendar::FormatDate(day))
      ids.insert(event.paper().arxiv_id());
  }
  return ids;
}

std::map<std::string, v1::Batch> ArxivDays::Batches() const {
  std::map<std::string, v1::Batch> batches;
  for (const bus::Message& message : broker_.Records("batches")) {
    v1::Batch batch;
    EXPECT_TRUE(events::Decode(message, batch).ok());
    const std::string date = batch.announced();
    batches[date] = std::move(batch);
  }
  return batches;
}

v1::Batch ArxivDays::BatchOf(absl::CivilDay day) const {
  const auto batches = Batches();
  const auto found = batches.find(calendar::FormatDate(day));
  return found == batches.end() ? v1::Batch() : found->second;
}

v1::LedgerDay ArxivDays::Ledger(absl::CivilDay day) const {
  std::set<std::string> served;
  for (const v1::NewPaper& event : Published()) served.insert(event.paper().arxiv_id());
  window::LedgerContents contents;
  contents.batches = Batches();
  const std::string date = calendar::FormatDate(day);
  if (!contents.batches.contains(date)) return {};
  return serve::AccountForDay(
             {.contents = contents,
              .announced = date,
              .served = [&served](const std::string& id) { return served.contains(id); },
              .committed = {},
              // Long enough for what is missing to be called so.
              .now = absl::FromChrono(clock_.Now()) + absl::Hours(1),
              .idle = {}})
      .day;
}

namespace {

calendar::FeedVerdict JudgeFeed(const std::map<std::string, v1::Batch>& batches,
                                const std::vector<v1::Cycle>& cycles, absl::Time now,
                                const std::vector<std::string>& categories) {
  calendar::FeedFacts facts;
  facts.now = now;
  facts.categories = categories;
  for (const auto& [date, batch] : batches) facts.batch_dates.insert(*calendar::ParseDate(date));
  if (!batches.empty()) {
    facts.newest_batch = &batches.rbegin()->second;
    facts.declared = batches.rbegin()->second.paper_ids_size();
  }
  if (!cycles.empty()) facts.last_cycle = cycles.back();
  facts.failed_cycles = FailedInARow(cycles);
  return calendar::DecideFeedState(facts);
}

}  // namespace

v1::FeedState ArxivDays::State() const {
  return JudgeFeed(Batches(), cycles_, absl::FromChrono(clock_.Now()), {}).state;
}

std::string ArxivDays::Sentence() const {
  return JudgeFeed(Batches(), cycles_, absl::FromChrono(clock_.Now()), {}).sentence;
}

void ArxivDays::ExpectWhole(absl::CivilDay day) const {
  const std::string date = calendar::FormatDate(day);
  const std::set<std::string> expected = NewOn(day);
  EXPECT_EQ(PublishedOn(day), expected) << date;
  const v1::Batch batch = BatchOf(day);
  EXPECT_EQ(std::set<std::string>(batch.paper_ids().begin(), batch.paper_ids().end()), expected)
      << date;
  const v1::LedgerDay ledger = Ledger(day);
  EXPECT_TRUE(ledger.balanced()) << ledger.ShortDebugString();
  EXPECT_EQ(ledger.declared(), expected.size()) << date;
  EXPECT_EQ(ledger.missing(), 0u) << date;
  std::set<std::pair<std::string, uint64_t>> told;
  for (const v1::NewPaper& event : Published()) {
    EXPECT_TRUE(told.insert({event.paper().arxiv_id(), event.revision().value()}).second)
        << event.paper().arxiv_id() << " was published twice";
  }
}

int ArxivDays::Count(const std::string& outcome) const {
  const auto& sources = cycles_.back().sources();
  return static_cast<int>(
      std::count_if(sources.begin(), sources.end(),
                    [&](const v1::SourceOutcome& one) { return one.outcome() == outcome; }));
}

}  // namespace paperwire::ingest
