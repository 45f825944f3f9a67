#include "tests/support/watch_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "nlohmann/json.hpp"

namespace paperwire::support {
namespace {

// Takes the next word off a line.
std::string_view NextWord(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

uint64_t Number(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "card 2606.00001 1099511627777", as the examples print.
std::optional<Told> ReadWords(std::string_view line) {
  const std::string_view kind = NextWord(line);
  const std::string id(NextWord(line));
  if (kind == "card") {
    return Told{.kind = Told::Kind::kCard, .arxiv_id = id, .revision = Number(NextWord(line))};
  }
  if (kind == "removed") return Told{.kind = Told::Kind::kRemoved, .arxiv_id = id};
  if (kind == "restart") return Told{.kind = Told::Kind::kRestart};
  if (kind == "live") return Told{.kind = Told::Kind::kLive};
  return std::nullopt;
}

// A message as `paperwire watch --json` prints it.
std::optional<Told> ReadObject(std::string_view line) {
  const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  if (object.contains("restart")) return Told{.kind = Told::Kind::kRestart};
  if (object.contains("removedId")) {
    return Told{.kind = Told::Kind::kRemoved, .arxiv_id = object["removedId"]};
  }
  if (object.contains("entry")) {
    const auto& entry = object["entry"];
    return Told{.kind = Told::Kind::kCard,
                .arxiv_id = entry.at("paper").at("arxivId"),
                .revision = Number(entry.at("revision").at("value").get<std::string>())};
  }
  if (object.contains("heartbeat") && object["heartbeat"].value("live", false)) {
    return Told{.kind = Told::Kind::kLive};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Told> ReadWatchLog(std::string_view log) {
  std::vector<Told> told;
  for (size_t end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    const std::string_view line = log.substr(0, end);
    log.remove_prefix(end + 1);
    if (auto read = line.starts_with('{') ? ReadObject(line) : ReadWords(line)) {
      told.push_back(*std::move(read));
    }
  }
  return told;
}

Cards CardsHeld(const std::vector<Told>& log) {
  Cards held;
  for (const Told& told : log) {
    if (told.kind == Told::Kind::kCard) held[told.arxiv_id] = told.revision;
    if (told.kind == Told::Kind::kRemoved) held.erase(told.arxiv_id);
    if (told.kind == Told::Kind::kRestart) held.clear();
  }
  return held;
}

WatchVerdict JudgeWatch(const std::vector<Told>& log, const Cards& window) {
  WatchVerdict verdict;
  std::map<std::string, std::set<uint64_t>> epoch;
  for (const Told& told : log) {
    if (told.kind == Told::Kind::kRestart) {
      ++verdict.restarts;
      epoch.clear();
    }
    if (told.kind != Told::Kind::kCard) continue;
    ++verdict.cards;
    std::set<uint64_t>& before = epoch[told.arxiv_id];
    if (!before.empty() && told.revision < *before.rbegin()) ++verdict.backwards;
    if (!before.insert(told.revision).second) ++verdict.repeated;
  }
  const Cards held = CardsHeld(log);
  for (const auto& [id, revision] : window) {
    const auto found = held.find(id);
    if (found == held.end() || found->second != revision) ++verdict.missing;
  }
  for (const auto& [id, revision] : held) {
    if (!window.contains(id)) ++verdict.left_over;
  }
  return verdict;
}

std::string WatchVerdict::ToString() const {
  return fmt::format("{} cards, {} restart{}, {} missing, {} left over, {} repeated, {} backwards",
                     cards, restarts, restarts == 1 ? "" : "s", missing, left_over, repeated,
                     backwards);
}

}  // namespace paperwire::support
