#include "libs/config/settings_text.h"

#include <algorithm>
#include <cctype>

namespace paperwire::config {
namespace {

constexpr std::string_view kRedacted = "***";
constexpr size_t kLongestQuote = 80;
constexpr size_t kHelpColumn = 32;

std::string_view SourceName(Setting::Source source) {
  switch (source) {
    case Setting::Source::kFlag:
      return "flag";
    case Setting::Source::kEnvironment:
      return "environment";
    case Setting::Source::kDefault:
      break;
  }
  return "default";
}

std::string Shown(const Setting& setting, std::string_view value) {
  if (value.empty()) return "";
  return setting.secret ? std::string(kRedacted) : WithoutPassword(value);
}

void AppendRow(std::string& page, std::string_view left, std::string_view right) {
  std::string row = "  ";
  row += left;
  if (row.size() + 2 > kHelpColumn) {
    page += row + "\n";
    row.clear();
  }
  row.resize(kHelpColumn, ' ');
  page += row.append(right) + "\n";
}

}  // namespace

std::string FactsOf(const Setting& setting) {
  std::string facts;
  const auto add = [&facts](std::string_view fact) {
    if (!facts.empty()) facts += "; ";
    facts += fact;
  };
  if (!setting.allowed.empty()) add(setting.allowed);
  if (setting.required) {
    add("required");
  } else {
    const std::string shown = Shown(setting, setting.default_text);
    add(shown.empty() ? "default empty" : "default " + shown);
  }
  if (!setting.environment_only) add(setting.Variable());
  if (setting.HasFileVariable()) add(setting.FileVariable());
  return facts;
}

std::string Setting::Spelling() const { return environment_only ? Variable() : "--" + name; }

std::string Setting::Variable() const {
  std::string variable = "PAPERWIRE_";
  for (const char letter : name) {
    variable +=
        letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return variable;
}

std::string HelpPage(std::string_view command, std::string_view description,
                     const std::vector<HelpEntry>& subcommands, const std::vector<HelpEntry>& words,
                     const std::vector<const Setting*>& settings) {
  std::string page(command);
  page.append(": ").append(description).append("\n\nusage: ").append(command);
  if (!subcommands.empty()) page += " [COMMAND]";
  for (const HelpEntry& word : words) page += " [" + word.name + "...]";
  page += " [SETTINGS]\n";
  if (!subcommands.empty()) {
    page += "\ncommands (each has --help)\n";
    for (const HelpEntry& entry : subcommands) AppendRow(page, entry.name, entry.help);
  }
  if (!words.empty()) page += "\n";
  for (const HelpEntry& word : words) AppendRow(page, word.name, word.help);
  page += "\nsettings (a flag wins over its variable, the variable over the default)\n";
  for (const Setting* setting : settings) {
    std::string flag = setting->Spelling();
    if (!setting->placeholder.empty() && !setting->environment_only)
      flag += " " + setting->placeholder;
    AppendRow(page, flag, setting->help);
    page += std::string(kHelpColumn, ' ') + "(" + FactsOf(*setting) + ")\n";
  }
  page += "\n";
  AppendRow(page, "-h, --help", "Prints this page.");
  AppendRow(page, "--version", "Prints the version.");
  AppendRow(page, "--print-config", "Prints every setting, its value and where it comes from.");
  return page;
}

std::string ConfigurationLine(const Setting& setting) {
  const std::string& value =
      setting.source == Setting::Source::kDefault ? setting.default_text : setting.given;
  std::string line = setting.name + " = " + Shown(setting, value);
  for (char& letter : line) {
    if (static_cast<unsigned char>(letter) < 0x20) letter = ' ';
  }
  return line.append("  (").append(SourceName(setting.source)).append(")\n");
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text.substr(0, kLongestQuote)) {
    quoted += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f ? '?' : letter;
  }
  if (text.size() > kLongestQuote) quoted += "...";
  return quoted + "\"";
}

std::string WithoutPassword(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::string(text);
  const size_t begin = scheme + 3;
  const size_t end = std::min(text.find_first_of("/?#", begin), text.size());
  const size_t at = text.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(text);
  const size_t colon = text.find(':', begin);
  if (colon == std::string_view::npos || colon > at) return std::string(text);
  std::string shown(text.substr(0, colon + 1));
  return shown.append(kRedacted).append(text.substr(at));
}

}  // namespace paperwire::config
