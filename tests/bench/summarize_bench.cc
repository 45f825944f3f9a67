// The embedded summarizer on one core, gate included: papers a second, where the time goes, and
// what it takes in memory. On the recorded papers of PAPERWIRE_TEST_DATA, or on synthetic ones.
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/gate.h"
#include "libs/grounding/sentences.h"
#include "services/summarize/card.h"
#include "services/summarize/chooser.h"
#include "services/summarize/keywords.h"
#include "services/summarize/reading.h"
#include "services/summarize/source.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/recorded_papers.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"

namespace paperwire {
namespace {

using bench::Seconds;

constexpr double kPapersPerSecond = 2000;

// A line of /proc/self/status, in MiB.
double Status(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kibibytes = 0;
  while (status >> word) {
    if (word == field + ":" && status >> kibibytes) break;
  }
  return kibibytes / 1024;
}

// Each step by itself on the same papers, and what is left of the whole. A step is fed as
// card.cc feeds it.
void PrintProfile(const std::vector<v1::Paper>& papers, double whole, int rounds) {
  std::vector<std::string> abstracts(papers.size());
  std::vector<std::vector<std::string_view>> sentences(papers.size());
  std::vector<v1::Summary> cards;
  for (const v1::Paper& paper : papers) cards.push_back(summarize::Summarize(paper));
  const auto over_all = [&](const auto& step) {
    return Seconds(rounds, [&] {
      for (size_t i = 0; i < papers.size(); ++i) step(i);
    });
  };
  double rest = whole;
  const auto print = [&](const char* step, double seconds) {
    std::printf("  %-34s %6.1f µs a paper  %5.1f %%\n", step,
                1e6 * seconds / static_cast<double>(papers.size()), 100 * seconds / whole);
    rest -= seconds;
  };
  print("making the abstract readable", over_all([&](size_t i) {
          abstracts[i] = summarize::ReadableAbstract(papers[i].abstract());
        }));
  print("splitting it into sentences",
        over_all([&](size_t i) { sentences[i] = grounding::SplitSentences(abstracts[i]); }));
  size_t things = 0;
  const auto read = [&](size_t i) { return summarize::Read(papers[i].title(), sentences[i]); };
  const double reading = over_all([&](size_t i) { things += read(i).texts.size(); });
  print("reading their words and roles", reading);
  print("cutting them, scoring the cuts", over_all([&](size_t i) {
                                            const summarize::Reading abstract = read(i);
                                            things += summarize::Chooser(abstract).best().size();
                                          }) - reading);
  print("keywords", over_all([&](size_t i) {
          things += summarize::Keywords(papers[i].title(), abstracts[i], 8).size();
        }));
  print("the grounding gate", over_all([&](size_t i) {
          grounding::Apply(cards[i], papers[i].title() + "\n" + abstracts[i]);
        }));
  print("choosing, third person", rest);
  if (things == 0) std::printf("  nothing was read\n");
}

int Run() {
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  const std::vector<v1::Paper> papers = bench::Papers();
  malloc_trim(0);
  // Sets the peak back to what is resident now.
  std::ofstream("/proc/self/clear_refs") << 5;
  const double before = Status("VmRSS");
  size_t bytes = 0;
  const double seconds = Seconds(rounds, [&] {
    for (const v1::Paper& paper : papers) bytes += summarize::Summarize(paper).summary().size();
  });
  const double peak = Status("VmHWM") - before;
  const double rate = static_cast<double>(papers.size()) / seconds;
  std::printf(
      "%.0f papers a second, %.1f µs a paper, %zu bytes of summaries; %.1f MiB at most on "
      "top of the papers\n",
      rate, 1e6 / rate, bytes / static_cast<size_t>(rounds), peak);
  PrintProfile(papers, seconds, rounds);
  bench::Print({.name = "summarize",
                .ours = rate,
                .limit = kPapersPerSecond,
                .ratio = rate / kPapersPerSecond,
                .goal = 1,
                .unit = "papers/s"});
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
