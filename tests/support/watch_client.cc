#include "tests/support/watch_client.h"

#include <filesystem>
#include <sstream>
#include <utility>

#include "tests/support/paths.h"

namespace paperwire::support {
namespace {

constexpr char kCpp[] = "c++";

std::string Made(const std::string& path) { return SourceDir() + "/build/examples/" + path; }

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

}  // namespace

std::vector<std::string> WatchClient::Languages() {
  std::vector<std::string> languages = {kCpp};
  for (const char* language : {"python", "go", "node"}) {
    if (std::filesystem::exists(Made(std::string(language) + ".ready"))) {
      languages.emplace_back(language);
    }
  }
  return languages;
}

std::vector<std::string> WatchClient::Program() const {
  if (options_.language == "go") return {Made("bin/watch-go")};
  if (options_.language == kCpp) return {BinaryDir() + "/bin/paperwire", "watch", "--json"};
  const bool python = options_.language == "python";
  std::vector<std::string> words = {python ? Made("python/bin/python") : "node"};
  if (options_.program.empty()) {
    words.push_back(SourceDir() +
                    (python ? "/examples/python/watch.py" : "/examples/node/watch.js"));
  } else {
    words.insert(words.end(), options_.program.begin(), options_.program.end());
  }
  return words;
}

absl::Status WatchClient::Start() {
  auto command = Program();
  const bool cpp = options_.language == kCpp;
  const std::string servers = Joined(options_.servers);
  command.insert(command.end(), {"--server", cpp ? servers : "ipv4:" + servers, "--from",
                                 options_.from, cpp ? "--state" : "--store", store()});
  auto process =
      Process::Start({.command = std::move(command), .environment = {}, .log = log_path()});
  if (!process.ok()) return process.status();
  process_ = std::move(*process);
  return absl::OkStatus();
}

std::vector<Told> WatchClient::Log() const { return ReadWatchLog(ReadFile(log_path())); }

absl::StatusOr<Cards> WatchClient::Stored() const {
  if (options_.language == kCpp) return CardsHeld(Log());
  auto command = Program();
  command.insert(command.end(), {"--list", "--store", store()});
  const auto listed = RunProgram({.command = std::move(command), .environment = {}, .log = {}},
                                 std::chrono::seconds(30));
  if (!listed.ok()) return listed.status();
  if (listed->exit_code != 0) return absl::InternalError(listed->output);
  Cards cards;
  std::istringstream lines(listed->output);
  std::string id;
  for (uint64_t revision = 0; lines >> id >> revision;) cards[id] = revision;
  return cards;
}

}  // namespace paperwire::support
