// The classifier on one core, against fastText's prediction on the same titles and abstracts.
// fastText is no part of this project: tests/bench/fasttext/run gets it, or says why it cannot.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "services/classify/classify.h"
#include "tests/bench/processor_time.h"
#include "tests/bench/recorded_papers.h"
#include "tests/bench/row.h"
#include "tests/support/environment.h"
#include "tests/support/paths.h"

namespace paperwire {
namespace {

// Title and abstract on a line each paper.
void WriteTexts(const std::vector<v1::Paper>& papers, const std::string& path) {
  std::ofstream out(path);
  for (const v1::Paper& paper : papers) {
    std::string text = paper.title() + " " + paper.abstract();
    std::replace(text.begin(), text.end(), '\n', ' ');
    out << text << '\n';
  }
}

// Papers a second of fastText, its faster way; 0 and a line that says why where there is none.
double FastText(const std::vector<v1::Paper>& papers, int rounds) {
  const std::string labels = support::Environment("PAPERWIRE_TEST_DATA").value_or("") +
                             "/quality/tags/openreview_keywords.jsonl.gz";
  if (!std::filesystem::exists(labels)) {
    std::printf("SKIPPED fastText: PAPERWIRE_TEST_DATA has no keywords to train it on\n");
    return 0;
  }
  const std::string texts = std::filesystem::temp_directory_path() /
                            ("classify_bench." + std::to_string(getpid()) + ".txt");
  WriteTexts(papers, texts);
  std::istringstream said(bench::OutputOf("'" + support::SourceDir() +
                                          "/tests/bench/fasttext/run' speed '" + labels + "' '" +
                                          texts + "' " + std::to_string(rounds)));
  std::filesystem::remove(texts);
  double fastest = 0;
  std::string line;
  while (std::getline(said, line)) {
    std::printf("  %s\n", line.c_str());
    std::istringstream words(line);
    std::string word;
    double rate = 0;
    if (words >> word && word == "RATE" && words >> rate) fastest = std::max(fastest, rate);
  }
  if (fastest == 0) std::printf("no rate of fastText\n");
  return fastest;
}

int Run() {
  const int rounds = support::EnvironmentNumber("PAPERWIRE_BENCH_ROUNDS", 3);
  const std::vector<v1::Paper> papers = bench::Papers();
  const v1::Summary none;
  size_t tags = 0;
  const auto all = [&] {
    for (const v1::Paper& paper : papers) tags += classify::Classify(paper, none).size();
  };
  all();
  double seconds = bench::Seconds(rounds, all);
  const double limit = FastText(papers, rounds);
  // Before and after, as another program may have had the machine's memory for itself.
  seconds = std::min(seconds, bench::Seconds(rounds, all));
  const auto count = static_cast<double>(papers.size());
  const double rate = count / seconds;
  std::printf("%s: %.0f papers a second, %.1f µs a paper, %.2f tags a paper\n", classify::kModel,
              rate, 1e6 / rate, static_cast<double>(tags) / count / (2 * rounds + 1));
  if (limit == 0) return 0;
  std::printf("fastText: %.0f papers a second, %.1f µs a paper\n", limit, 1e6 / limit);
  bench::Print({.name = "classify",
                .ours = rate,
                .limit = limit,
                .ratio = rate / limit,
                .goal = 1,
                .unit = "papers/s"});
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
