// What filters cost at the worst: a watch by words over the whole window, against one by a tag; and
// lists of as many names, keywords, tags and rows of words as are taken.
#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "services/serve/feed.h"
#include "services/serve/watch/papers.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/questions.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"

namespace paperwire::serve {
namespace {

constexpr size_t kPapers = 5000;
constexpr size_t kValues = 50;
constexpr double kSlowestMs = 50;

window::Cursor At(uint64_t number) { return {.milliseconds = number, .sequence = 0}; }

SnapshotPtr Window(const std::vector<v1::Entry>& cards, int copies) {
  std::vector<EntryPtr> entries;
  for (int copy = 0; copy < copies; ++copy) {
    for (v1::Entry card : cards) {
      if (copy > 0) {
        card.mutable_paper()->set_arxiv_id(card.paper().arxiv_id() + "." + std::to_string(copy));
      }
      const window::Cursor at = At(entries.size() + 1);
      entries.push_back(ServedEntry::Make(card, at, at));
    }
  }
  const window::Cursor last = At(entries.size());
  return std::make_shared<const Snapshot>("e1", last, std::move(entries), std::vector<Gone>(), "");
}

// A reader that is told of the last `changes`, alone in its group: changes looked at in a second.
double MeasureWatch(const Snapshot& snapshot, const v1::EntryFilter& filter, uint64_t changes,
                    const char* what, int rounds) {
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-01");
  *request.mutable_filter() = filter;
  const auto terms = watch::ReadTerms(request, tags::Catalogue(), snapshot);
  double longest = 0;
  size_t events = 0;
  const double seconds = bench::Seconds(rounds, [&] {
    watch::Group group(*terms);
    watch::Position position{.epoch = "e1", .after = At(snapshot.cursor().milliseconds - changes)};
    events = 0;
    for (bool more = true; more;) {
      const double batch = bench::Seconds(1, [&] {
        const auto made = group.Next(snapshot, position);
        events += made->messages.size();
        position = made->batch.through;
        more = made->batch.more;
      });
      longest = std::max(longest, batch);
    }
  });
  std::printf("  %7.2f ms, at most %5.2f at a time, %5zu cards: watching %s\n", 1e3 * seconds,
              1e3 * longest, events, what);
  return static_cast<double>(changes) / seconds;
}

v1::EntryFilter Words(const std::string& word) {
  v1::EntryFilter filter;
  filter.add_include_words(word);
  return filter;
}

void MeasureWatches(const Snapshot& snapshot, int rounds) {
  const uint64_t all = snapshot.cursor().milliseconds;
  const auto measure = [&](const v1::EntryFilter& filter, uint64_t changes, const char* what) {
    return MeasureWatch(snapshot, filter, changes, what, rounds);
  };
  v1::EntryFilter category;
  category.add_categories("none");
  const double limit = measure(category, all, "all for a category of none");
  const double ours = measure(Words("zzzz"), all, "all for a word of none");
  measure(Words("diffusion"), all, "all for a word of some");
  measure(Words("model"), all, "all for a word of most");
  measure(Words("in context learning"), all, "all for words in a row");
  measure(Words("diffusion"), 1, "one change for a word");
  measure(Words("diffusion"), 64, "64 changes for a word");
  measure(Words("diffusion"), 65, "65 changes for a word");
  bench::Print({.name = "filter_watch",
                .ours = ours,
                .limit = limit,
                .ratio = ours / limit,
                .goal = 0.5,
                .unit = "changes/s"});
}

// So many letters, the first of them apart from the others' by `shift`.
std::string Letters(size_t shift, size_t count) {
  std::string letters;
  for (size_t i = 0; i < count; ++i) {
    letters += {static_cast<char>('a' + (shift + i) % 26), ' '};
  }
  return letters;
}

std::vector<std::pair<const char*, v1::EntryFilter>> Worst() {
  std::vector<std::pair<const char*, v1::EntryFilter>> filters;
  const auto add = [&](const char* what) -> v1::EntryFilter& {
    return filters.emplace_back(what, v1::EntryFilter()).second;
  };
  v1::EntryFilter& initials = add("names of initials");
  for (size_t i = 0; i < kValues; ++i) initials.add_authors(Letters(i, 4));
  v1::EntryFilter& names = add("frequent names");
  for (const char* name :
       {"wang", "zhang", "li",   "chen", "liu", "yang", "kim", "lee", "xu", "wu",
        "zhao", "huang", "zhou", "sun",  "ma",  "zhu",  "hu",  "guo", "he", "lin"}) {
    names.add_authors(name);
  }
  v1::EntryFilter& keywords = add("keywords");
  for (size_t i = 0; i < kValues; ++i) {
    keywords.add_keywords("model " + std::to_string(i));
  }
  v1::EntryFilter& tags = add("all tags");
  for (const tags::TagInfo& info : tags::Catalogue()) tags.add_tags_any(std::string(info.slug));
  v1::EntryFilter& words = add("frequent words");
  for (size_t i = 0; i < kValues; ++i) {
    words.add_include_words("model");
    words.add_exclude_words("data");
  }
  v1::EntryFilter& rows = add("a frequent word in long rows");
  for (size_t row = 0; row < 6; ++row) {
    std::string text;
    for (size_t i = 0; i < 33; ++i) text += "model ";
    rows.add_include_words(text);
  }
  v1::EntryFilter& pairs = add("a frequent word in short rows");
  for (size_t i = 0; i < kValues; ++i) {
    pairs.add_include_words("model model");
    pairs.add_exclude_words("model data");
  }
  return filters;
}

void MeasureLists(SnapshotHolder& snapshots, const FeedClock& feed_clock, int rounds) {
  const StatusHolder statuses;
  const Feed feed(snapshots, statuses, feed_clock);
  double slowest = 0;
  for (const auto& [what, filter] : Worst()) {
    v1::ListPapersRequest request;
    *request.mutable_filter() = filter;
    absl::Status status;
    double seconds = 1e9;
    for (int round = 0; round < rounds; ++round) {
      // The same window as a new snapshot: the last answer is kept with the old one.
      const SnapshotPtr last = snapshots.Get();
      snapshots.Swap(last->After(last->cursor(), {}, {}, ""), feed_clock.Now());
      seconds =
          std::min(seconds, bench::Seconds(1, [&] { status = feed.ListPapers(request).status(); }));
    }
    std::printf("  %7.2f ms: a list by %s%s%s\n", 1e3 * seconds, what, status.ok() ? "" : ", ",
                std::string(status.message()).c_str());
    slowest = std::max(slowest, 1e3 * seconds);
  }
  bench::Print({.name = "filter_list",
                .ours = slowest,
                .limit = kSlowestMs,
                .ratio = kSlowestMs / slowest,
                .goal = 1.0,
                .unit = "ms"});
}

int Run() {
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  const int copies = support::EnvironmentNumber("PAPERWIRE_BENCH_COPIES", 1);
  const SnapshotPtr snapshot = Window(bench::Cards(kPapers), copies);
  const clock::FakeClock clock(absl::ToChronoTime(
      absl::FromCivil(absl::CivilSecond(2026, 6, 16, 12, 0, 0), absl::UTCTimeZone())));
  const FeedClock feed_clock(clock, /*data=*/false);
  std::printf("%zu papers\n", snapshot->entries().size());
  MeasureWatches(*snapshot, rounds);
  SnapshotHolder snapshots;
  snapshots.Swap(snapshot, feed_clock.Now());
  MeasureLists(snapshots, feed_clock, rounds);
  return 0;
}

}  // namespace
}  // namespace paperwire::serve

int main() { return paperwire::serve::Run(); }
