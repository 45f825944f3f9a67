#include "tools/paperwire/manual.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

#include "tools/paperwire/console.h"

namespace paperwire::cli {
namespace {

using config::CommandShape;
using config::FlagShape;
using config::WordShape;

// A flag that so many commands share is explained once.
constexpr int kShared = 3;

// Text as it is, in roff: no request, no escape, no hyphen for a minus.
std::string Roff(std::string_view text) {
  std::string roff;
  for (const char letter : text) {
    if (letter == '\\') {
      roff += "\\e";
    } else if (letter == '-') {
      roff += "\\-";
    } else if (letter == '\n') {
      roff += ' ';
    } else if (roff.empty() && (letter == '.' || letter == '\'')) {
      roff += std::string("\\&") + letter;
    } else {
      roff += letter;
    }
  }
  return roff;
}

std::string Bold(std::string_view text) { return "\\fB" + Roff(text) + "\\fR"; }
std::string Italic(std::string_view text) { return "\\fI" + Roff(text) + "\\fR"; }

std::string Entry(const FlagShape& flag) {
  std::string entry = ".TP\n";
  if (flag.flag.empty()) {
    entry += Bold(flag.variable);
  } else {
    entry += Bold("--" + flag.flag);
    if (!flag.placeholder.empty()) entry += " " + Italic(flag.placeholder);
  }
  entry += "\n" + Roff(flag.help) + "\n";
  if (!flag.facts.empty()) entry += ".br\n(" + Roff(flag.facts) + ")\n";
  return entry;
}

// By flag and text: the same words at two commands are the same flag.
std::string KeyOf(const FlagShape& flag) { return flag.variable + "\n" + flag.flag + flag.help; }

}  // namespace

std::string ManualPage(const CommandShape& program, const std::string& version) {
  std::map<std::string, int> uses;
  for (const CommandShape& command : program.commands) {
    for (const FlagShape& flag : command.flags) ++uses[KeyOf(flag)];
  }
  std::string upper = program.name;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  std::string page = ".TH " + upper + " 1 \"\" \"" + Roff(program.name + " " + version) + "\"\n";
  page += ".SH NAME\n" + Roff(program.name) + " \\- " + Roff(program.help) + "\n";
  page += ".SH SYNOPSIS\n" + Bold(program.name) + " " + Italic("COMMAND") + " [" + Italic("WORDS") +
          "] [" + Italic("SETTINGS") + "]\n";
  page +=
      ".SH DESCRIPTION\nData goes to standard output, errors to standard error, one line each.\n"
      "A flag wins over its variable, the variable over the default; an empty variable counts as "
      "none.\nAfter " +
      Bold("--") + " a word may begin with a minus.\n";
  page += ".SH COMMANDS\n";
  std::string shared;
  for (const CommandShape& command : program.commands) {
    page += ".SS " + Roff(program.name + " " + command.name);
    for (const WordShape& word : command.words) page += " [" + Roff(word.name) + "...]";
    page += "\n" + Roff(command.help) + "\n";
    for (const WordShape& word : command.words) {
      page += ".TP\n" + Italic(word.name) + "\n" + Roff(word.help) + "\n";
    }
    std::string also;
    for (const FlagShape& flag : command.flags) {
      int& count = uses[KeyOf(flag)];
      if (count == 0 || count >= kShared) {
        if (count != 0) shared += Entry(flag);
        count = 0;
        if (!flag.flag.empty()) also += (also.empty() ? "" : ", ") + Bold("--" + flag.flag);
      } else {
        page += Entry(flag);
      }
    }
    if (!also.empty()) page += ".PP\nAlso " + also + "; see below.\n";
  }
  if (!shared.empty()) page += ".SH SETTINGS OF SEVERAL COMMANDS\n" + shared;
  page += ".SH SETTINGS OF ALL COMMANDS\n";
  for (const FlagShape& flag : program.flags) page += Entry(flag);
  page += ".SH EXIT STATUS\n";
  for (const ExitCode& code : kExitCodes) {
    page += ".TP\n" + Bold(std::to_string(code.code)) + "\n" + Roff(code.meaning) + "\n";
  }
  return page;
}

}  // namespace paperwire::cli
