#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/config/shape.h"

namespace paperwire::config {

// sysexits.h EX_CONFIG: a setting was refused.
inline constexpr int kExitConfig = 78;

// The settings of one program. Each is a flag (--kafka-brokers), an environment variable
// (PAPERWIRE_KAFKA_BROKERS), a range and a help line; the flag wins over the variable, the variable
// over the default, which is what the target holds when it is declared. Not thread-safe. Targets
// must outlive Parse.
class Settings {
 public:
  struct Options {
    bool required = false;
    // Redacted by --print-config; also read from the file named by PAPERWIRE_<NAME>_FILE.
    bool secret = false;
    // That file must be its owner's alone (0600), unless it is somebody else's and this process's
    // group may read it, as mounted secrets are.
    bool private_file = false;
    // When not empty, the only values allowed.
    std::vector<std::string> choices = {};
    // Given by its variable only: for secrets of people, whose command lines others can see. No
    // PAPERWIRE_<NAME>_FILE either.
    bool environment_only = false;
    // The path of a file.
    bool file = false;
  };

  Settings(std::string program, std::string description);
  ~Settings();
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  void Text(std::string* target, std::string name, std::string help, Options options);
  void Text(std::string* target, std::string name, std::string help) {
    Text(target, std::move(name), std::move(help), Options{});
  }
  // A comma-separated list.
  void List(std::vector<std::string>* target, std::string name, std::string help);
  void Integer(int64_t* target, std::string name, std::string help, int64_t min, int64_t max);
  void Real(double* target, std::string name, std::string help, double min, double max);
  // "250ms", "30s", "15m", "8h".
  void Duration(std::chrono::milliseconds* target, std::string name, std::string help,
                std::chrono::milliseconds min, std::chrono::milliseconds max);
  void Flag(bool* target, std::string name, std::string help);
  // A subcommand ("healthcheck"); the targets of its own settings are set like any other's.
  // `chosen` becomes true when it was given.
  Settings& Subcommand(std::string name, std::string help, bool* chosen);
  // Positional words of a (sub)command; `choices` are those that manuals and completion name.
  void Words(std::vector<std::string>* target, std::string name, std::string help,
             std::vector<std::string> choices = {});

  // What can be typed, subcommands included.
  CommandShape Shape() const;

  // How the program is to go on after Parse.
  struct Outcome {
    // Run; or leave at once with `exit_code` after printing `output` (help, version, the
    // configuration, or the one line that says which setting is wrong, what was given and what is
    // allowed; all wrong settings are named).
    bool run = false;
    int exit_code = 0;
    std::string output = {};
    // PAPERWIRE_ variables that no setting reads.
    std::vector<std::string> unknown_variables = {};
  };
  Outcome Parse(int argc, const char* const* argv);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace paperwire::config
