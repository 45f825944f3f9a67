#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/config/settings.h"
#include "tools/paperwire/console.h"

namespace paperwire::cli {

// One subcommand of the program.
class Command {
 public:
  virtual ~Command() = default;

  virtual void Declare(config::Settings& settings) = 0;
  // Returns the exit code. Errors are one line each on console.err.
  virtual int Run(Console& console) = 0;
};

std::unique_ptr<Command> MakeListCommand();
std::unique_ptr<Command> MakeGetCommand();
std::unique_ptr<Command> MakeSearchCommand();
std::unique_ptr<Command> MakeRelatedCommand();
std::unique_ptr<Command> MakeTagsCommand();
std::unique_ptr<Command> MakeWatchCommand();
std::unique_ptr<Command> MakeStatusCommand();
std::unique_ptr<Command> MakeLedgerCommand();
std::unique_ptr<Command> MakeTopicsCommand();
std::unique_ptr<Command> MakeDeadLetterCommand();
std::unique_ptr<Command> MakeCardsCommand();
std::unique_ptr<Command> MakeExplainCommand();
std::unique_ptr<Command> MakeGroundCommand();
std::unique_ptr<Command> MakeLlmCommand();
std::unique_ptr<Command> MakeResummarizeCommand();
std::unique_ptr<Command> MakeReclassifyCommand();
std::unique_ptr<Command> MakeRemoveCommand();
std::unique_ptr<Command> MakeTokenCommand();

// Where a command learns of all commands, itself among them.
using ShapeSource = std::function<config::CommandShape()>;
std::unique_ptr<Command> MakeCompletionCommand(ShapeSource shape);
std::unique_ptr<Command> MakeManualCommand(ShapeSource shape);

// Prints `status` as one line and returns the exit code that belongs to it.
int Complain(Console& console, const absl::Status& status);
// The same for an error of the Kafka at `brokers`: names it when it does not answer.
int ComplainOfKafka(Console& console, const std::string& brokers, const absl::Status& status);

// Parses the arguments and runs the command they name.
int RunProgram(int argc, const char* const* argv, Console& console);

}  // namespace paperwire::cli
