// What it costs to keep the ledger and the status current, each second, at 7 days of 300 and of
// 3,000 papers: when nothing has changed, when one paper has, when a day flows; against reading and
// accounting for everything, which is what a step does that follows nothing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/redis/client.h"
#include "libs/window/redis_window.h"
#include "services/serve/reporter.h"
#include "tests/bench/row.h"
#include "tests/support/redis_process.h"

namespace paperwire {
namespace {

constexpr int kDays = 7;
constexpr int kRounds = 15;
constexpr double kGoal = 10;
const bus::TopicPartition kPartition{.topic = "batches", .partition = 0};

std::string DateOf(int day) { return fmt::format("2026-06-{:02}", 17 + day); }
std::string IdOf(int day, int number) { return fmt::format("2606.{}{:04}", day, number); }

// A window and a ledger of so many papers a day, all served, and what keeps the status of it.
class Scene {
 public:
  explicit Scene(int papers) : papers_(papers) {
    client_ = redis::Client::Create({.url = redis_->Url()}).value();
    store_ = window::MakeRedisLedgerStore(*client_, {.prefix = "bench", .cluster_id = "one"});
    epoch_ = store_->Begin({{kPartition, 0}})->epoch;
    std::vector<serve::EntryPtr> entries;
    for (int day = 0; day < kDays; ++day) {
      window::LedgerWrite batch;
      batch.batch.emplace().set_announced(DateOf(day));
      for (int i = 0; i < papers; ++i) batch.batch->add_paper_ids(IdOf(day, i));
      std::vector<window::LedgerWrite> writes = {batch};
      for (int i = 0; i < papers; ++i) writes.push_back(Sighting(day, i, v1::STAGE_TAGGED));
      Write(std::move(writes));
      for (int i = 0; i < papers; ++i) entries.push_back(Card(day, i));
    }
    snapshots_.Swap(std::make_shared<const serve::Snapshot>("e", At(1), std::move(entries),
                                                            std::vector<serve::Gone>(), ""),
                    feed_clock_.Now());
    reporter_ = MakeReporter();
    reporter_->Step();
  }

  // Milliseconds of a step after `before`, the median of some.
  double Step(const std::function<void(Scene&)>& before) {
    return Median([&] {
      before(*this);
      return Timed([&] { reporter_->Step(); });
    });
  }
  double StepOverEverything() {
    return Median([&] {
      metrics_ = std::make_unique<prometheus::Registry>();
      reporter_ = MakeReporter();
      return Timed([&] { reporter_->Step(); });
    });
  }
  void Change(int papers) {
    std::vector<window::LedgerWrite> writes;
    ++revision_;
    for (int i = 0; i < papers; ++i) writes.push_back(Sighting(kDays - 1, i, v1::STAGE_INGESTED));
    Write(std::move(writes));
  }

 private:
  static window::Cursor At(uint64_t milliseconds) { return {milliseconds, 0}; }
  serve::EntryPtr Card(int day, int number) const {
    v1::Entry entry;
    entry.mutable_paper()->set_arxiv_id(IdOf(day, number));
    entry.mutable_paper()->set_announced(DateOf(day));
    entry.mutable_paper()->set_title("On the paper " + IdOf(day, number));
    entry.mutable_summary()->mutable_provenance()->set_model("roles-1");
    entry.mutable_tag_provenance()->set_model("tags-1");
    return serve::ServedEntry::Make(entry, At(1), At(1));
  }
  window::LedgerWrite Sighting(int day, int number, v1::Stage stage) const {
    window::LedgerWrite write;
    write.arxiv_id = IdOf(day, number);
    write.announced = DateOf(day);
    write.sighting.stage = stage;
    write.sighting.topic = stage == v1::STAGE_TAGGED ? "tagged" : "new-paper";
    write.sighting.partition = 3;
    write.sighting.offset = 1'000'000 + number;
    write.sighting.revision = (uint64_t{1} << 40) + (revision_ << 8);
    write.sighting.since_ms = 1'782'000'000'000;
    return write;
  }
  void Write(std::vector<window::LedgerWrite> writes) {
    for (window::LedgerWrite& write : writes) write.offset = next_++;
    const auto stored = store_->Apply(
        epoch_, kPartition, writes.front().offset == 0 ? -1 : writes.front().offset, writes);
    if (!stored.ok() || *stored != next_) {
      std::fprintf(stderr, "ledger_bench: not written: %s\n", stored.status().ToString().c_str());
      std::exit(1);
    }
  }
  std::unique_ptr<serve::Reporter> MakeReporter() {
    return std::make_unique<serve::Reporter>(*store_, snapshots_, committed_, feed_clock_,
                                             statuses_, *metrics_);
  }
  double Timed(const std::function<void()>& what) const {
    const clock::SteadyTime start = clock_.SteadyNow();
    what();
    return std::chrono::duration<double, std::milli>(clock_.SteadyNow() - start).count();
  }
  static double Median(const std::function<double()>& measure) {
    std::vector<double> times;
    for (int i = 0; i < kRounds; ++i) times.push_back(measure());
    std::ranges::nth_element(times, times.begin() + kRounds / 2);
    return times[kRounds / 2];
  }

  const int papers_;
  const std::unique_ptr<tests::RedisProcess> redis_ = tests::RedisProcess::Start().value();
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<window::LedgerStore> store_;
  std::string epoch_;
  int64_t next_ = 0;
  uint64_t revision_ = 0;
  const clock::SystemClock clock_;
  serve::FeedClock feed_clock_{clock_, /*data=*/true};
  serve::SnapshotHolder snapshots_;
  serve::StatusHolder statuses_;
  serve::Committed committed_{
      [](const std::string& /*group*/, const std::vector<std::string>& /*topics*/) {
        return absl::StatusOr<std::map<bus::TopicPartition, int64_t>>(
            absl::UnavailableError("no broker"));
      }};
  std::unique_ptr<prometheus::Registry> metrics_ = std::make_unique<prometheus::Registry>();
  std::unique_ptr<serve::Reporter> reporter_;
};

}  // namespace
}  // namespace paperwire

int main() {
  using paperwire::Scene;
  if (!paperwire::tests::RedisProcess::Available()) {
    std::printf("redis-server is not installed\n");
    return 0;
  }
  for (const int papers : {300, 3000}) {
    Scene scene(papers);
    const double everything = scene.StepOverEverything();
    const double quiet = scene.Step([](Scene&) {});
    const double one = scene.Step([](Scene& changing) { changing.Change(1); });
    const double flow = scene.Step([](Scene& changing) { changing.Change(200); });
    std::printf(
        "7 days of %d papers: a step over everything %.2f ms; quiet %.2f ms; one paper changed "
        "%.2f ms; 200 changed %.2f ms\n",
        papers, everything, quiet, one, flow);
    if (papers == 3000) {
      paperwire::bench::Print({.name = "ledger step, quiet (7 x 3,000 papers)",
                               .ours = 1000 / quiet,
                               .limit = 1000 / everything,
                               .ratio = everything / quiet,
                               .goal = paperwire::kGoal,
                               .unit = "steps/s"});
    }
  }
  return 0;
}
