#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "libs/calendar/calendar.h"
#include "libs/paper/arxiv_id.h"
#include "pugixml.hpp"
#include "tests/support/arxiv/sources.h"

namespace paperwire::arxiv {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Files(const fs::path& folder, const std::string& start,
                            const std::string& end) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(start) && name.ends_with(end)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A crawl of one day's new submissions: those not yet there are new on that day.
absl::Status AddDaily(const fs::path& file, World& world) {
  const std::string day = file.stem();
  if (!calendar::ParseDate(day)) return absl::OkStatus();
  std::ifstream stream(file);
  std::string lines;
  std::set<std::string> ids;
  for (std::string line; std::getline(stream, line);) {
    nlohmann::json paper = nlohmann::json::parse(line, nullptr, false);
    if (!paper.is_object() || !paper.contains("id")) {
      return absl::InvalidArgumentError(file.string() + ": a line is no paper");
    }
    const auto id = paper.at("id").get<std::string>();
    if (world.Find(id, absl::InfiniteFuture()) || !ids.insert(id).second) continue;
    paper["announced"] = day;
    lines += paper.dump() + "\n";
  }
  return AddJsonLines(lines, world);
}

// The part of "arXiv:2606.20670v1 Announce Type: new \nAbstract: …" that is the abstract.
std::string AbstractOf(const std::string& description) {
  constexpr const char* kMark = "Abstract: ";
  const size_t at = description.find(kMark);
  return at == std::string::npos ? description : description.substr(at + std::strlen(kMark));
}

Paper PaperOf(pugi::xml_node item, const paper::ArxivId& id) {
  Paper paper{.id = id.base};
  paper.title = item.child_value("title");
  paper.abstract = AbstractOf(item.child_value("description"));
  paper.authors = item.child_value("dc:creator");
  paper.license = item.child_value("dc:rights");
  paper.doi = item.child_value("arxiv:DOI");
  paper.journal_ref = item.child_value("arxiv:journal_reference");
  for (const pugi::xml_node category : item.children("category")) {
    paper.categories.emplace_back(category.child_value());
  }
  return paper;
}

// "rss_cs.LG_2026-06-23.xml".
absl::Status AddFeed(const fs::path& file, World& world) {
  const std::string name = file.stem();
  const size_t bar = name.rfind('_');
  const std::string category = name.substr(4, bar - 4);
  const std::optional<absl::CivilDay> day = calendar::ParseDate(name.substr(bar + 1));
  pugi::xml_document document;
  if (!day || !document.load_file(file.c_str())) return absl::OkStatus();
  int sequence = 0;
  for (const pugi::xml_node item : document.child("rss").child("channel").children("item")) {
    const auto id = paper::ParseArxivId(item.child_value("guid"));
    const auto type = ParseAnnounceType(item.child_value("arxiv:announce_type"));
    if (!id.ok() || !type) {
      return absl::InvalidArgumentError(file.string() + ": an item has no identifier or type");
    }
    const int version = static_cast<int>(id->version);
    std::optional<Record> known = world.Find(id->base, absl::InfiniteFuture());
    Paper paper = known ? known->paper : PaperOf(item, *id);
    while (static_cast<int>(paper.versions.size()) < version) {
      const int number = static_cast<int>(paper.versions.size()) + 1;
      // Of a replacement only the last version was announced that day; the earlier ones before the
      // recorded days and their window.
      const absl::CivilDay announced = number == version ? *day : *day - 21;
      paper.versions.push_back({.number = number, .submitted = SubmittedFor(announced, sequence)});
    }
    ++sequence;
    world.Add(std::move(paper));
    world.Announce(
        {.day = *day, .id = id->base, .type = *type, .version = version, .category = category});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddRecordedJune(const std::string& folder, World& world) {
  const std::vector<fs::path> days = Files(fs::path(folder) / "papers" / "daily", "", ".jsonl");
  const std::vector<fs::path> feeds =
      Files(fs::path(folder) / "rss" / "reconstructed", "rss_", ".xml");
  if (days.empty() && feeds.empty()) {
    return absl::NotFoundError(folder + ": neither papers/daily nor rss/reconstructed");
  }
  for (const fs::path& file : days) {
    if (absl::Status status = AddDaily(file, world); !status.ok()) return status;
  }
  for (const fs::path& file : feeds) {
    if (absl::Status status = AddFeed(file, world); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace paperwire::arxiv
