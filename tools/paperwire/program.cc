#include <array>
#include <string>

#include "libs/config/environment.h"
#include "tools/paperwire/command.h"

namespace paperwire::cli {
namespace {

struct Named {
  const char* name;
  const char* help;
  std::unique_ptr<Command> command;
  bool chosen = false;
};

}  // namespace

int Complain(Console& console, const absl::Status& status) {
  std::string message(status.message());
  if (message.empty()) {
    message = status.ToString();
  }
  console.err << "paperwire: " << message << '\n';
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kResourceExhausted:
      return kExitUnavailable;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kExitUsage;
    case absl::StatusCode::kDataLoss:
      return kExitBadData;
    case absl::StatusCode::kNotFound:
      return kExitNegative;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitNoPermission;
    default:
      return kExitInternal;
  }
}

int ComplainOfKafka(Console& console, const std::string& brokers, const absl::Status& status) {
  if (!absl::IsUnavailable(status)) {
    return Complain(console, status);
  }
  return Complain(console, absl::UnavailableError("no answer from Kafka at " + brokers + ": " +
                                                  std::string(status.message())));
}

int RunProgram(int argc, const char* const* argv, Console& console) {
  config::Settings settings("paperwire", "Reads the feed, and looks after what feeds it.");
  const ShapeSource shape = [&settings] { return settings.Shape(); };
  std::array<Named, 20> commands = {{
      {"list", "Cards of the window, newest first.", MakeListCommand()},
      {"get", "One card, by arXiv id.", MakeGetCommand()},
      {"search", "Cards that hold what is looked for, the best first.", MakeSearchCommand()},
      {"related", "Cards that resemble one.", MakeRelatedCommand()},
      {"tags", "The tags: what they mean, what they are called, how often they are right.",
       MakeTagsCommand()},
      {"watch", "Every card once per revision, and what changes, for as long as it runs.",
       MakeWatchCommand()},
      {"status", "The feed's state and its ledger.", MakeStatusCommand()},
      {"ledger", "Day by day, what became of every paper that was announced.", MakeLedgerCommand()},
      {"topics", "apply: create all topics; check: compare them with the list.",
       MakeTopicsCommand()},
      {"dlq", "Dead letters: list, show, replay.", MakeDeadLetterCommand()},
      {"cards", "Make cards from files, without broker, Redis or network.", MakeCardsCommand()},
      {"explain", "Why a card says what it says, sentence by sentence.", MakeExplainCommand()},
      {"ground", "Hold texts against the source they were made from.", MakeGroundCommand()},
      {"llm", "check: ask each language model once; preview: what one is told of a paper.",
       MakeLlmCommand()},
      {"resummarize", "Ask for cards to be made again.", MakeResummarizeCommand()},
      {"reclassify", "Ask for cards to be tagged again, with the summaries they have.",
       MakeReclassifyCommand()},
      {"remove", "Take a paper out of the window.", MakeRemoveCommand()},
      {"token", "new: make a token for serve's --token-file.", MakeTokenCommand()},
      {"completion", "A script that completes commands and settings in a shell.",
       MakeCompletionCommand(shape)},
      {"man", "This program's manual page, for man -l.", MakeManualCommand(shape)},
  }};
  std::string color = "auto";
  settings.Text(&color, "color",
                "Colours: auto: on a terminal, where NO_COLOR is not set; always; never.",
                {.choices = {"auto", "always", "never"}});
  for (Named& named : commands) {
    named.command->Declare(settings.Subcommand(named.name, named.help, &named.chosen));
  }
  const config::Settings::Outcome outcome = settings.Parse(argc, argv);
  if (!outcome.run) {
    (outcome.exit_code == 0 ? console.out : console.err) << outcome.output;
    return outcome.exit_code;
  }
  const auto no_color = config::ReadEnvironment("NO_COLOR");
  const auto refused = no_color.find("NO_COLOR");
  console.color = color == "always" || (color == "auto" && console.terminal &&
                                        (refused == no_color.end() || refused->second.empty()));
  for (Named& named : commands) {
    if (named.chosen) {
      return named.command->Run(console);
    }
  }
  console.err << "paperwire: name a command:";
  for (const Named& named : commands) {
    console.err << (&named == &commands.front() ? " " : ", ") << named.name;
  }
  console.err << " (paperwire --help says more)\n";
  return kExitUsage;
}

}  // namespace paperwire::cli
