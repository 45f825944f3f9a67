#include "libs/config/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "libs/config/environment.h"
#include "libs/config/parse_value.h"
#include "libs/config/settings_text.h"

namespace paperwire::config {
namespace {

constexpr std::string_view kPrefix = "PAPERWIRE_";

using Environment = std::map<std::string, std::string, std::less<>>;

struct Declared {
  Setting setting;
  // Null: there is no flag.
  CLI::Option* option = nullptr;
  // CLI11 wants a target of its own; what counts is Option::results().
  std::string parsed;
};

// An empty variable counts as not set: that is how compose files and shells pass "nothing".
const std::string* FindVariable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

}  // namespace

struct Settings::State {
  std::string command;
  std::string description;
  // The root owns the parser; a subcommand's is owned by its parent's.
  std::unique_ptr<CLI::App> owned;
  CLI::App* app = nullptr;
  bool* chosen = nullptr;
  std::vector<std::unique_ptr<Declared>> declared;
  std::vector<std::unique_ptr<Settings>> subcommands;
  std::vector<HelpEntry> subcommand_entries;
  std::vector<HelpEntry> words;

  void Adopt(CLI::App* parser) {
    app = parser;
    app->set_help_flag();
    app->fallthrough();
    app->require_subcommand(0, 1);
  }

  void Add(Setting setting) {
    auto added = std::make_unique<Declared>();
    added->setting = std::move(setting);
    if (!added->setting.environment_only) {
      const std::string flag = "--" + added->setting.name;
      added->option = added->setting.placeholder.empty() ? app->add_flag(flag)
                                                         : app->add_option(flag, added->parsed);
      added->option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
    declared.push_back(std::move(added));
  }

  // This state and those of the subcommands that were chosen, outermost first.
  std::vector<State*> ChosenPath() {
    std::vector<State*> path = {this};
    for (bool deeper = true; deeper;) {
      deeper = false;
      for (const auto& subcommand : path.back()->subcommands) {
        if (!subcommand->state_->app->parsed()) continue;
        path.push_back(subcommand->state_.get());
        deeper = true;
        break;
      }
    }
    return path;
  }

  void CollectVariables(std::set<std::string, std::less<>>& known) const {
    for (const auto& each : declared) {
      known.insert(each->setting.Variable());
      if (each->setting.HasFileVariable()) known.insert(each->setting.FileVariable());
    }
    for (const auto& subcommand : subcommands) subcommand->state_->CollectVariables(known);
  }

  void Resolve(const Environment& environment, bool demand_required,
               std::vector<std::string>& wrong);
};

namespace {

// Finds the text of a setting and where it comes from; nullopt: not given, or an error was added.
std::optional<std::string> FindText(Declared& each, const Environment& environment,
                                    std::vector<std::string>& wrong) {
  Setting& setting = each.setting;
  if (each.option != nullptr && each.option->count() > 0) {
    setting.source = Setting::Source::kFlag;
    return each.option->results().back();
  }
  const std::string* value = FindVariable(environment, setting.Variable());
  const std::string* path =
      setting.HasFileVariable() ? FindVariable(environment, setting.FileVariable()) : nullptr;
  if (value != nullptr && path != nullptr) {
    wrong.push_back(setting.Variable() + " and " + setting.FileVariable() +
                    ": both are set, give one of them");
    return std::nullopt;
  }
  if (value != nullptr) {
    setting.source = Setting::Source::kEnvironment;
    return *value;
  }
  if (path == nullptr) return std::nullopt;
  const absl::StatusOr<std::string> secret =
      setting.private_file ? ReadPrivateFile(*path) : ReadSecretFile(*path);
  if (!secret.ok()) {
    wrong.push_back(
        setting.FileVariable() + ": given " + Quoted(*path) + ", a file that " +
        (absl::IsNotFound(secret.status()) ? "cannot be read: " : "") +
        std::string(secret.status().message().data(), secret.status().message().size()) +
        "; allowed is the path of a file that holds the secret");
    return std::nullopt;
  }
  setting.source = Setting::Source::kEnvironment;
  return *secret;
}

}  // namespace

void Settings::State::Resolve(const Environment& environment, bool demand_required,
                              std::vector<std::string>& wrong) {
  for (const auto& each : declared) {
    Setting& setting = each->setting;
    const size_t errors = wrong.size();
    const std::optional<std::string> text = FindText(*each, environment, wrong);
    if (wrong.size() > errors) continue;
    if (!text.has_value() || (text->empty() && setting.required)) {
      if (setting.required && demand_required) {
        wrong.push_back("--" + setting.name + " (" + setting.Variable() +
                        "): not given, and it is required" +
                        (setting.allowed.empty() ? "" : "; allowed is " + setting.allowed));
      }
      continue;
    }
    setting.given = *text;
    if (setting.assign(*text)) continue;
    const std::string name =
        setting.source == Setting::Source::kFlag ? "--" + setting.name : setting.Variable();
    wrong.push_back(name + ": given " + (setting.secret ? "***" : Quoted(WithoutPassword(*text))) +
                    ", allowed is " + setting.allowed);
  }
}

Settings::Settings(std::string program, std::string description)
    : state_(std::make_unique<State>()) {
  state_->owned = std::make_unique<CLI::App>(description, program);
  state_->command = std::move(program);
  state_->description = std::move(description);
  state_->Adopt(state_->owned.get());
}

Settings::~Settings() = default;

void Settings::Text(std::string* target, std::string name, std::string help, Options options) {
  Setting setting{.name = std::move(name),
                  .help = std::move(help),
                  .placeholder = options.file ? "FILE" : "TEXT",
                  .default_text = *target,
                  .required = options.required,
                  .secret = options.secret,
                  .private_file = options.private_file,
                  .environment_only = options.environment_only,
                  .choices = options.choices};
  if (!options.choices.empty()) {
    setting.placeholder = "CHOICE";
    setting.allowed = "one of";
    for (const std::string& choice : options.choices) {
      setting.allowed += (&choice == &options.choices.front() ? " " : ", ") + choice;
    }
  }
  setting.assign = [target, choices = std::move(options.choices)](const std::string& text) {
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
      return false;
    }
    *target = text;
    return true;
  };
  state_->Add(std::move(setting));
}

void Settings::List(std::vector<std::string>* target, std::string name, std::string help) {
  Setting setting{.name = std::move(name),
                  .help = std::move(help),
                  .placeholder = "A,B,...",
                  .default_text = FormatList(*target)};
  setting.assign = [target](const std::string& text) {
    *target = ParseList(text);
    return true;
  };
  state_->Add(std::move(setting));
}

void Settings::Integer(int64_t* target, std::string name, std::string help, int64_t min,
                       int64_t max) {
  Setting setting{
      .name = std::move(name),
      .help = std::move(help),
      .placeholder = "N",
      .allowed = "a whole number, " + std::to_string(min) + " to " + std::to_string(max),
      .default_text = std::to_string(*target)};
  setting.assign = [target, min, max](const std::string& text) {
    const std::optional<int64_t> value = ParseInteger(text);
    if (!value.has_value() || *value < min || *value > max) return false;
    *target = *value;
    return true;
  };
  state_->Add(std::move(setting));
}

void Settings::Real(double* target, std::string name, std::string help, double min, double max) {
  Setting setting{.name = std::move(name),
                  .help = std::move(help),
                  .placeholder = "X",
                  .allowed = "a number, " + FormatReal(min) + " to " + FormatReal(max),
                  .default_text = FormatReal(*target)};
  setting.assign = [target, min, max](const std::string& text) {
    const std::optional<double> value = ParseReal(text);
    if (!value.has_value() || *value < min || *value > max) return false;
    *target = *value;
    return true;
  };
  state_->Add(std::move(setting));
}

void Settings::Duration(std::chrono::milliseconds* target, std::string name, std::string help,
                        std::chrono::milliseconds min, std::chrono::milliseconds max) {
  Setting setting{.name = std::move(name),
                  .help = std::move(help),
                  .placeholder = "TIME",
                  .allowed = "a time such as 250ms, 30s, 15m or 8h, " + FormatDuration(min) +
                             " to " + FormatDuration(max),
                  .default_text = FormatDuration(*target)};
  setting.assign = [target, min, max](const std::string& text) {
    const std::optional<std::chrono::milliseconds> value = ParseDuration(text);
    if (!value.has_value() || *value < min || *value > max) return false;
    *target = *value;
    return true;
  };
  state_->Add(std::move(setting));
}

void Settings::Flag(bool* target, std::string name, std::string help) {
  Setting setting{.name = std::move(name),
                  .help = std::move(help),
                  .allowed = "true or false",
                  .default_text = *target ? "true" : "false"};
  setting.assign = [target](const std::string& text) {
    const std::optional<bool> value = ParseTruth(text);
    if (value.has_value()) *target = *value;
    return value.has_value();
  };
  state_->Add(std::move(setting));
}

Settings& Settings::Subcommand(std::string name, std::string help, bool* chosen) {
  auto child = std::make_unique<Settings>(state_->command + " " + name, help);
  child->state_->owned.reset();
  child->state_->Adopt(state_->app->add_subcommand(name, help));
  child->state_->chosen = chosen;
  state_->subcommand_entries.push_back({.name = std::move(name), .help = std::move(help)});
  state_->subcommands.push_back(std::move(child));
  return *state_->subcommands.back();
}

void Settings::Words(std::vector<std::string>* target, std::string name, std::string help,
                     std::vector<std::string> choices) {
  state_->app->add_option(name, *target);
  state_->words.push_back(
      {.name = std::move(name), .help = std::move(help), .choices = std::move(choices)});
}

CommandShape Settings::Shape() const {
  CommandShape shape{.name = state_->app->get_name(), .help = state_->description};
  for (const auto& each : state_->declared) {
    const Setting& setting = each->setting;
    shape.flags.push_back({.flag = setting.environment_only ? "" : setting.name,
                           .variable = setting.Variable(),
                           .help = setting.help,
                           .placeholder = setting.placeholder,
                           .facts = FactsOf(setting),
                           .choices = setting.choices});
  }
  for (const HelpEntry& word : state_->words) {
    shape.words.push_back({.name = word.name, .help = word.help, .choices = word.choices});
  }
  for (const auto& subcommand : state_->subcommands) {
    shape.commands.push_back(subcommand->Shape());
  }
  if (state_->owned != nullptr) {
    shape.flags.push_back({.flag = "help", .help = "What can be given here."});
    shape.flags.push_back({.flag = "version", .help = "Prints the version."});
    shape.flags.push_back({.flag = "print-config",
                           .help = "Prints every setting, its value and where it comes from."});
  }
  return shape;
}

Settings::Outcome Settings::Parse(int argc, const char* const* argv) {
  bool help = false;
  bool version = false;
  bool print_config = false;
  CLI::App& app = *state_->app;
  app.allow_extras();
  app.add_flag("-h,--help", help);
  app.add_flag("--version", version);
  app.add_flag("--print-config", print_config);

  const auto refuse = [this](const std::string& what) {
    return Outcome{.exit_code = kExitConfig, .output = state_->command + ": " + what + "\n"};
  };
  for (int i = 1; i < argc; ++i) {
    // CLI11 would take the next word for the value.
    const std::string_view word = argv[i];
    if (word.starts_with("--") && word.ends_with('=')) {
      return refuse(std::string(word) + ": has no value (--help shows what is allowed)");
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse(std::string(error.what()) + " (--help shows what is allowed)");
  }

  const std::vector<State*> path = state_->ChosenPath();
  if (help) {
    const State& shown = *path.back();
    std::vector<const Setting*> settings;
    for (auto state = path.rbegin(); state != path.rend(); ++state) {
      for (const auto& each : (*state)->declared) settings.push_back(&each->setting);
    }
    return {.output = HelpPage(shown.command, shown.description, shown.subcommand_entries,
                               shown.words, settings)};
  }
  if (version) return {.output = state_->command + " " PAPERWIRE_VERSION "\n"};

  std::vector<std::string> wrong;
  std::vector<std::string> extras = app.remaining(/*recurse=*/true);
  // What follows it may begin with a minus, and stands among the words.
  std::erase(extras, "--");
  for (const std::string& extra : extras) {
    if (extra.size() > 1 && extra.front() == '-') {
      wrong.push_back(Quoted(extra.substr(0, extra.find('='))) +
                      ": no such setting (--help lists them)");
    }
  }
  if (wrong.empty()) {
    for (const std::string& extra : extras) {
      wrong.push_back(Quoted(extra) + ": no such command (--help lists them)");
    }
  }
  const Environment environment = ReadEnvironment(kPrefix);
  for (State* state : path) {
    // `serve healthcheck` needs nothing of what serve needs.
    state->Resolve(environment, /*demand_required=*/state == path.back(), wrong);
    if (state->chosen != nullptr) *state->chosen = true;
  }
  if (!wrong.empty()) {
    std::string line;
    for (const std::string& each : wrong) line += (line.empty() ? "" : "; ") + each;
    return refuse(line);
  }
  if (print_config) {
    Outcome outcome;
    for (const State* state : path) {
      for (const auto& each : state->declared) outcome.output += ConfigurationLine(each->setting);
    }
    return outcome;
  }
  Outcome outcome{.run = true};
  std::set<std::string, std::less<>> known;
  state_->CollectVariables(known);
  for (const auto& [name, value] : environment) {
    if (!known.contains(name)) outcome.unknown_variables.push_back(name);
  }
  return outcome;
}

}  // namespace paperwire::config
