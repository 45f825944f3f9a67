#include "services/ingest/file_source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "libs/telemetry/log.h"
#include "services/ingest/sample_day.h"

namespace paperwire::ingest {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesIn(const std::string& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool IsNamedLikeAFeed(const fs::path& file) {
  constexpr std::array<std::string_view, 5> kEndings = {".xml", ".rss", ".atom", ".jsonl",
                                                        ".ndjson"};
  const std::string ending = file.extension().string();
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace

absl::Status DirectorySource::Check() const {
  std::error_code error;
  if (!fs::is_directory(directory_, error)) {
    return absl::NotFoundError("--from " + directory_ + ": no such directory");
  }
  if (FilesIn(directory_).empty()) {
    return absl::NotFoundError("--from " + directory_ + ": nothing in it");
  }
  return absl::OkStatus();
}

absl::StatusOr<Harvest> DirectorySource::Collect(const Known& /*known*/, std::stop_token stop) {
  Harvest harvest;
  for (const fs::path& file : FilesIn(directory_)) {
    if (stop.stop_requested()) break;
    Reading reading;
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error || size > kMaxBytes) {
      reading.outcome = Outcome::kTooLarge;
      reading.detail = error ? error.message() : std::to_string(size) + " bytes; at most 32 MiB";
    } else {
      std::ifstream stream(file, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
      reading = ReadDated(file.filename().string(), bytes);
    }
    if (!IsGood(reading.outcome) && !IsNamedLikeAFeed(file)) {
      reading.detail = std::string(Slug(reading.outcome)) + ": " + reading.detail;
      reading.outcome = Outcome::kSkipped;
    }
    telemetry::Log(IsGood(reading.outcome) ? telemetry::Level::kInfo : telemetry::Level::kWarning,
                   "file read",
                   {{"file", file.filename().string()},
                    {"outcome", Slug(reading.outcome)},
                    {"detail", reading.detail},
                    {"papers", static_cast<int64_t>(reading.papers.size())}});
    harvest.Add(file.filename().string(), reading.category, std::move(reading));
  }
  return harvest;
}

absl::StatusOr<Harvest> SampleSource::Collect(const Known& /*known*/, std::stop_token /*stop*/) {
  Harvest harvest;
  for (const SampleFile& file : SampleDay()) {
    Reading reading = ReadDated(file.name, file.bytes);
    for (v1::Paper& paper : reading.papers) paper.set_source("sample");
    harvest.Add("sample/" + std::string(file.name), reading.category, std::move(reading));
  }
  return harvest;
}

}  // namespace paperwire::ingest
