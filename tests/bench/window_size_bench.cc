// What a read and an update cost in a window of 2,100, 21,000 and 210,000 papers: seven days of 300
// a day up to 30,000. The limit is what it costs in the smallest.
#include <fmt/format.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "services/serve/feed.h"
#include "tests/bench/cards.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/row.h"

namespace paperwire {
namespace {

constexpr int kSizes[] = {2100, 21'000, 210'000};
constexpr int kReads = 20'000;
constexpr int kUpdates = 3000;
constexpr int kRounds = 3;
// Trees grow by a level and caches hold less: half as fast at a hundred times the size is flat.
constexpr double kGoal = 0.5;
// A change touches some forty places of the indexes, each in memory that no cache holds any more.
constexpr double kUpdateGoal = 0.1;

window::Cursor At(int number) {
  return {.milliseconds = static_cast<uint64_t>(number), .sequence = 0};
}

serve::EntryPtr EntryOf(int number, int cursor) {
  return serve::ServedEntry::Make(
      bench::CardOf(number, fmt::format("2026-06-{:02}", 3 + number % 7)), At(cursor), At(cursor));
}

// Microseconds of the processor a call, the best of some rounds; 0: a call failed.
double Time(int calls, const std::function<bool(int)>& call) {
  bool good = true;
  const double seconds = bench::Seconds(kRounds, [&] {
    for (int i = 0; i < calls; ++i) good = call(i) && good;
  });
  return good ? seconds * 1e6 / calls : 0;
}

struct Costs {
  double list = 0;
  double list_page = 0;
  double list_tag = 0;
  double get = 0;
  double update = 0;
};

Costs Measure(int papers) {
  std::vector<serve::EntryPtr> entries;
  for (int i = 1; i <= papers; ++i) entries.push_back(EntryOf(i, i));
  const clock::SystemClock clock;
  serve::FeedClock feed_clock(clock, /*data=*/true);
  serve::SnapshotHolder snapshots;
  serve::StatusHolder statuses;
  const double built = bench::ProcessorSeconds();
  snapshots.Swap(std::make_shared<const serve::Snapshot>("epoch", At(papers), std::move(entries),
                                                         std::vector<serve::Gone>(), "2026-06-03"),
                 absl::Now());
  std::printf("%d papers: built in %.0f ms\n", papers, (bench::ProcessorSeconds() - built) * 1e3);
  const serve::Feed feed(snapshots, statuses, feed_clock);

  Costs costs;
  v1::ListPapersRequest request;
  request.set_page_size(20);
  // Each asks for another last day, which is to come, so that no answer is one that was kept.
  const auto list_anew = [&](int i) {
    request.mutable_filter()->set_announced_to(fmt::format("{}-01-01", 2100 + i % 7000));
    return feed.ListPapers(request).ok();
  };
  costs.list = Time(kReads, list_anew);
  request.mutable_filter()->add_tags_any("theory");
  costs.list_tag = Time(kReads, list_anew);
  // Pages from the middle of the window on.
  request.mutable_filter()->Clear();
  request.mutable_filter()->set_announced_to("2026-06-06");
  std::vector<std::string> tokens = {""};
  for (int i = 0; i < 40; ++i) {
    request.set_page_token(tokens.back());
    v1::ListPapersResponse page;
    page.ParseFromString(feed.ListPapers(request)->Flat());
    tokens.push_back(page.next_page_token());
  }
  costs.list_page = Time(kReads, [&](int i) {
    request.set_page_token(tokens[static_cast<size_t>(i) % tokens.size()]);
    return feed.ListPapers(request).ok();
  });
  v1::GetPaperRequest get;
  costs.get = Time(kReads, [&](int i) {
    get.set_arxiv_id(bench::IdOf(1 + static_cast<int>(int64_t{i} * 7919 % papers)));
    return feed.GetPaper(get).ok();
  });
  std::vector<serve::EntryPtr> changed;
  for (int i = 0; i < kUpdates; ++i) {
    changed.push_back(EntryOf(1 + static_cast<int>(int64_t{i} * 7919 % papers), papers + i));
  }
  costs.update = Time(kUpdates, [&](int i) {
    const serve::SnapshotPtr now = snapshots.Get();
    snapshots.Swap(now->After(At(papers + i), {changed[static_cast<size_t>(i)]}, {}, "2026-06-03"),
                   absl::Now());
    return true;
  });
  return costs;
}

int Run() {
  std::vector<Costs> costs;
  for (const int papers : kSizes) {
    const Costs cost = Measure(papers);
    std::printf(
        "%d papers: list %.2f µs, a page in the middle %.2f, of a tag %.2f, get %.2f, update "
        "%.1f\n",
        papers, cost.list, cost.list_page, cost.list_tag, cost.get, cost.update);
    costs.push_back(cost);
  }
  const auto print = [&](const char* name, double Costs::*what, double goal = kGoal) {
    const double small = costs.front().*what;
    const double large = costs.back().*what;
    bench::Print({.name = name,
                  .ours = large,
                  .limit = small,
                  .ratio = small / large,
                  .goal = goal,
                  .unit = "µs"});
  };
  print("window_list", &Costs::list);
  print("window_list_page", &Costs::list_page);
  print("window_list_tag", &Costs::list_tag);
  print("window_get", &Costs::get);
  print("window_update", &Costs::update, kUpdateGoal);
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
