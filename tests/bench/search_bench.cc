// Search over a window of recorded papers: questions a second in process, snippets included, on one
// core; how long 50,000 papers take to index; what the index takes of memory; what a change costs.
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "services/serve/search/related.h"
#include "services/serve/search/snippets.h"
#include "services/serve/search/suggestion.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/questions.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"

namespace paperwire::serve::search {
namespace {

constexpr size_t kPapers = 5000;
constexpr size_t kManyPapers = 50000;
constexpr double kQuestionsPerSecond = 5000;
constexpr double kIndexSeconds = 4;
constexpr double kMebibytes = 14;
constexpr double kMebibyte = 1024 * 1024;

absl::StatusOr<std::string> ReadSlug(std::string_view words) { return std::string(words); }

std::vector<EntryPtr> Serve(const std::vector<v1::Entry>& cards) {
  std::vector<EntryPtr> entries;
  entries.reserve(cards.size());
  for (const v1::Entry& card : cards) entries.push_back(ServedEntry::Make(card));
  return entries;
}

// Everything that SearchPapers does but the bytes around it. How many it found.
size_t Answer(const Index& index, const std::string& text) {
  const absl::StatusOr<Query> query = ParseQuery(text, ReadSlug);
  if (!query.ok()) return 0;
  const Options options;
  const Results results = Search(index, *query, options);
  SnippetMaker snippets(index, *query);
  size_t bytes = 0;
  for (const Hit& hit : results.hits) {
    const Segment& segment = *index.parts()[hit.place.part].segment;
    const EntryText entry(*segment.entry(hit.place.doc));
    for (const v1::Snippet& snippet : snippets.Make(hit.place, entry)) {
      bytes += snippet.ByteSizeLong();
    }
  }
  if (results.total == 0) bytes += Suggest(index, text, *query, ReadSlug, options).size();
  if (bytes == 0) std::printf("nothing for %s\n", text.c_str());
  return results.total;
}

void MeasureQuestions(const Index& index, int rounds) {
  constexpr int kRepeats = 20;
  double whole = 0;
  for (const std::string text : bench::kQuestions) {
    size_t total = 0;
    const double seconds = bench::Seconds(rounds, [&] {
      for (int i = 0; i < kRepeats; ++i) total = Answer(index, text);
    });
    whole += seconds / kRepeats;
    std::printf("  %8.1f µs  %5zu found  %s\n", 1e6 * seconds / kRepeats, total, text.c_str());
  }
  const double rate = std::size(bench::kQuestions) / whole;
  std::printf("%.0f questions a second, %.1f µs each\n", rate, 1e6 / rate);
  bench::Print({.name = "search",
                .ours = rate,
                .limit = kQuestionsPerSecond,
                .ratio = rate / kQuestionsPerSecond,
                .goal = 1.0,
                .unit = "questions/s"});
}

void MeasureRelated(const Index& index, const std::vector<v1::Entry>& cards, int rounds) {
  constexpr size_t kAsked = 200;
  size_t found = 0;
  const double seconds = bench::Seconds(rounds, [&] {
    for (size_t i = 0; i < kAsked; ++i) {
      Options options;
      options.limit = 5;
      const auto place = index.Find(cards[i * cards.size() / kAsked].paper().arxiv_id());
      found += FindRelated(index, *place, options).size();
    }
  });
  std::printf("related papers: %.1f µs each, %zu found\n", 1e6 * seconds / kAsked, found);
}

void MeasureChanges(IndexPtr index, const std::vector<v1::Entry>& cards) {
  constexpr size_t kChanges = 2000;
  const std::vector<EntryPtr> entries = Serve(cards);
  double slowest = 0;
  const double seconds = bench::Seconds(1, [&] {
    for (size_t i = 0; i < kChanges; ++i) {
      slowest = std::max(slowest, bench::Seconds(1, [&] {
                           index = index->After({&entries[i], 1}, {});
                         }));
    }
  });
  std::printf("a change of one paper: %.1f µs, the slowest %.1f ms, %zu segments after %zu\n",
              1e6 * seconds / kChanges, 1e3 * slowest, index->parts().size(), kChanges);
}

void MeasureIndexing(const std::vector<v1::Entry>& cards) {
  std::vector<EntryPtr> many;
  many.reserve(kManyPapers);
  for (size_t i = 0; i < kManyPapers; ++i) {
    v1::Entry card = cards[i % cards.size()];
    card.mutable_paper()->set_arxiv_id(card.paper().arxiv_id() + "." +
                                       std::to_string(i / cards.size()));
    many.push_back(ServedEntry::Make(card));
  }
  IndexPtr index;
  const double seconds = bench::Seconds(2, [&] { index = Index::Empty()->After(many, {}); });
  std::printf("%zu papers: %.2f s, %.1f MiB, %zu segments\n", index->size(), seconds,
              static_cast<double>(index->bytes()) / kMebibyte, index->parts().size());
  bench::Print({.name = "search_index",
                .ours = static_cast<double>(kManyPapers) / seconds,
                .limit = static_cast<double>(kManyPapers) / kIndexSeconds,
                .ratio = kIndexSeconds / seconds,
                .goal = 1.0,
                .unit = "papers/s"});
}

// Whether a paper is found by the words of its own title: all of them, and the three longest.
void MeasureFinding(const Index& index, const std::vector<v1::Entry>& cards) {
  size_t asked = 0;
  std::array<size_t, 2> first = {};
  std::array<size_t, 2> among_three = {};
  for (size_t i = 0; i < cards.size(); i += 5) {
    const v1::Paper& paper = cards[i].paper();
    std::vector<std::string> words;
    WordScanner scanner(paper.title());
    for (Word word; scanner.Next(word);) {
      words.push_back(paper.title().substr(word.begin, word.end - word.begin));
    }
    ++asked;
    for (const size_t kind : {0, 1}) {
      if (kind == 1) {
        std::stable_sort(words.begin(), words.end(),
                         [](const auto& a, const auto& b) { return a.size() > b.size(); });
        words.resize(std::min<size_t>(words.size(), 3));
      }
      std::string text;
      for (const std::string& word : words) text += word + " ";
      const absl::StatusOr<Query> query = ParseQuery(text, ReadSlug);
      if (!query.ok()) continue;
      Options options;
      options.limit = 3;
      const Results results = Search(index, *query, options);
      for (size_t rank = 0; rank < results.hits.size(); ++rank) {
        const Index::Place place = results.hits[rank].place;
        if (index.parts()[place.part].segment->id(place.doc) != paper.arxiv_id()) continue;
        ++among_three[kind];
        if (rank == 0) ++first[kind];
      }
    }
  }
  const auto share = [asked](size_t count) {
    return 100.0 * static_cast<double>(count) / static_cast<double>(asked);
  };
  std::printf("%zu papers asked for by their title: first %.1f %%, among three %.1f %%\n", asked,
              share(first[0]), share(among_three[0]));
  std::printf("by the three longest words of it: first %.1f %%, among three %.1f %%\n",
              share(first[1]), share(among_three[1]));
}

int Run() {
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  const std::vector<v1::Entry> cards = bench::Cards(kPapers);
  const std::vector<EntryPtr> entries = Serve(cards);
  malloc_trim(0);
  const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  const IndexPtr index = Index::Empty()->After(entries, {});
  const double mebibytes =
      static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd - before) / kMebibyte;
  std::printf("%zu papers: %.1f MiB in memory, %.1f MiB by its own count, %zu segments\n",
              index->size(), mebibytes, static_cast<double>(index->bytes()) / kMebibyte,
              index->parts().size());
  bench::Print({.name = "search_memory",
                .ours = mebibytes,
                .limit = kMebibytes,
                .ratio = kMebibytes / mebibytes,
                .goal = 1.0,
                .unit = "MiB"});
  MeasureFinding(*index, cards);
  MeasureQuestions(*index, rounds);
  MeasureRelated(*index, cards, rounds);
  MeasureChanges(index, cards);
  MeasureIndexing(cards);
  return 0;
}

}  // namespace
}  // namespace paperwire::serve::search

int main() { return paperwire::serve::search::Run(); }
