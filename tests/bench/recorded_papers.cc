#include "tests/bench/recorded_papers.h"

#include <cstdio>
#include <filesystem>
#include <memory>

#include "services/ingest/input.h"
#include "tests/support/environment.h"
#include "tests/support/paper_source.h"

namespace paperwire::bench {
namespace {

constexpr int kSynthetic = 5000;

}  // namespace

std::string OutputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  char buffer[1 << 16];
  for (size_t size = 0; pipe && (size = fread(buffer, 1, sizeof(buffer), pipe.get())) > 0;) {
    output.append(buffer, size);
  }
  return output;
}

std::vector<v1::Paper> Papers() {
  const std::string folder =
      support::Environment("PAPERWIRE_TEST_DATA").value_or("") + "/arxiv/papers";
  std::vector<v1::Paper> papers;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".xz") continue;
    const std::string path = entry.path();
    auto read = ingest::ReadPapers(path, OutputOf("xz -dc '" + path + "'"));
    if (read.ok()) papers.insert(papers.end(), read->begin(), read->end());
  }
  if (!papers.empty()) {
    std::printf("%zu recorded papers\n", papers.size());
    return papers;
  }
  const support::PaperSource source("2026-06-24");
  for (int number = 1; number <= kSynthetic; ++number) papers.push_back(source.Make(number));
  std::printf("%zu synthetic papers: PAPERWIRE_TEST_DATA has none recorded\n", papers.size());
  return papers;
}

}  // namespace paperwire::bench
