#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/arxiv_id.h"
#include "tests/support/arxiv/sources.h"

namespace paperwire::arxiv {
namespace {

using nlohmann::json;

// What is wrong with a line. Never leaves this file.
struct Wrong {
  std::string what;
};

std::string Text(const json& object, const char* name, const char* other = nullptr) {
  for (const char* key : {name, other}) {
    if (key == nullptr || !object.contains(key) || object.at(key).is_null()) continue;
    return object.at(key).get<std::string>();
  }
  return "";
}

absl::CivilDay Day(const std::string& text) {
  const std::optional<absl::CivilDay> day = calendar::ParseDate(text);
  if (!day) throw Wrong{fmt::format("\"{}\" is no date such as 2026-06-23", text)};
  return *day;
}

std::string Authors(const json& object) {
  if (!object.contains("authors") || object.at("authors").is_null()) return "";
  const json& authors = object.at("authors");
  if (authors.is_string()) return authors.get<std::string>();
  std::string line;
  for (const json& author : authors) line += (line.empty() ? "" : ", ") + author.get<std::string>();
  return line;
}

std::vector<Version> Versions(const json& object) {
  std::vector<Version> versions;
  for (const json& given : object.value("versions", json::array())) {
    Version version{.number = static_cast<int>(versions.size()) + 1};
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, given.at("submitted").get<std::string>(),
                         &version.submitted, &error)) {
      throw Wrong{"submitted: " + error};
    }
    version.kilobytes = given.value("kilobytes", version.kilobytes);
    version.withdrawn = given.value("withdrawn", false);
    versions.push_back(version);
  }
  return versions;
}

std::vector<Announcement> Announcements(const json& object, const std::string& id) {
  std::vector<Announcement> announcements;
  const std::string announced = Text(object, "announced", "first_seen");
  if (!announced.empty()) announcements.push_back({.day = Day(announced), .id = id});
  for (const json& given : object.value("announcements", json::array())) {
    const std::string name = given.value("type", "new");
    const std::optional<AnnounceType> type = ParseAnnounceType(name);
    if (!type) throw Wrong{fmt::format("unknown type \"{}\"", name)};
    announcements.push_back({.day = Day(given.at("day").get<std::string>()),
                             .id = id,
                             .type = *type,
                             .version = given.value("version", 1),
                             .category = given.value("category", "")});
  }
  if (announcements.empty()) throw Wrong{"announced or announcements is needed"};
  return announcements;
}

void AddLine(const json& object, int line, World& world) {
  Paper paper;
  const auto id = paper::ParseArxivId(object.at("id").get<std::string>());
  if (!id.ok()) throw Wrong{std::string(id.status().message())};
  paper.id = id->base;
  paper.title = object.at("title").get<std::string>();
  paper.abstract = Text(object, "abstract", "summary");
  paper.authors = Authors(object);
  paper.categories = object.at("categories").get<std::vector<std::string>>();
  if (paper.categories.empty()) throw Wrong{"no categories"};
  paper.comment = Text(object, "comment");
  paper.journal_ref = Text(object, "journal_ref");
  paper.doi = Text(object, "doi");
  const std::string license = Text(object, "license");
  if (!license.empty()) paper.license = license;
  paper.versions = Versions(object);
  std::vector<Announcement> announcements = Announcements(object, paper.id);
  int highest = 1;
  for (const Announcement& announcement : announcements) {
    highest = std::max(highest, announcement.version);
  }
  while (static_cast<int>(paper.versions.size()) < highest) {
    const int number = static_cast<int>(paper.versions.size()) + 1;
    // A version that nothing announces is as old as the first announcement.
    absl::CivilDay day = announcements.front().day;
    for (const Announcement& announcement : announcements) {
      if (announcement.version == number) day = announcement.day;
    }
    paper.versions.push_back({.number = number, .submitted = SubmittedFor(day, line)});
  }
  world.Add(std::move(paper));
  for (Announcement& announcement : announcements) world.Announce(std::move(announcement));
}

}  // namespace

absl::Status AddJsonLines(std::string_view text, World& world) {
  for (int line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.find_first_not_of(" \r\t") == std::string_view::npos) continue;
    std::string what;
    try {
      AddLine(json::parse(one), line, world);
    } catch (const json::exception& error) {
      what = error.what();
    } catch (const Wrong& wrong) {
      what = wrong.what;
    }
    if (!what.empty()) return absl::InvalidArgumentError(fmt::format("line {}: {}", line, what));
  }
  return absl::OkStatus();
}

}  // namespace paperwire::arxiv
