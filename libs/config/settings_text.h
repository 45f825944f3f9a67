#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::config {

// One declared setting, as the parser and the help page know it. Internal to libs/config.
struct Setting {
  enum class Source { kDefault, kFlag, kEnvironment };

  std::string name = {};
  std::string help = {};
  // What stands after the flag in the help page: "N", "TEXT"; empty for a flag without a value.
  std::string placeholder = {};
  // "1 to 64", "one of real, data"; empty when every text will do.
  std::string allowed = {};
  std::string default_text = {};
  bool required = false;
  bool secret = false;
  bool private_file = false;
  bool environment_only = false;
  std::vector<std::string> choices = {};
  // Sets the target. False: the text is not allowed, and the target is as it was.
  std::function<bool(const std::string&)> assign = {};

  // Set by the parser.
  Source source = Source::kDefault;
  std::string given = {};

  // PAPERWIRE_KAFKA_BROKERS.
  std::string Variable() const;
  // "--kafka-brokers", or the variable where there is no flag.
  std::string Spelling() const;
  // PAPERWIRE_LLM_API_KEY_FILE; secrets with a flag have it.
  bool HasFileVariable() const { return secret && !environment_only; }
  std::string FileVariable() const { return Variable() + "_FILE"; }
};

// A part of the help page beside the settings: a subcommand or positional words.
struct HelpEntry {
  std::string name = {};
  std::string help = {};
  std::vector<std::string> choices = {};
};

// The whole page of --help. `command` is what one types: "paperwire topics".
std::string HelpPage(std::string_view command, std::string_view description,
                     const std::vector<HelpEntry>& subcommands, const std::vector<HelpEntry>& words,
                     const std::vector<const Setting*>& settings);

// What --help says of it in brackets: "1 to 64; default 4; PAPERWIRE_WORKERS".
std::string FactsOf(const Setting& setting);

// "name = value  (source)", secrets and passwords in URLs as "***".
std::string ConfigurationLine(const Setting& setting);

// A text from outside as part of a one-line message: in quotes, control characters replaced, cut.
std::string Quoted(std::string_view text);

// `text` with the password of a URL in it ("redis://user:password@host") replaced by "***".
std::string WithoutPassword(std::string_view text);

}  // namespace paperwire::config
