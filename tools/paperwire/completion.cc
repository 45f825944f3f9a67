#include "tools/paperwire/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace paperwire::cli {
namespace {

using config::CommandShape;
using config::FlagShape;
using config::WordShape;

constexpr char kFile[] = "FILE";

// `text` with each of these characters behind a backslash.
std::string Escaped(std::string_view text, std::string_view letters) {
  std::string escaped;
  for (const char letter : text) {
    if (letters.find(letter) != std::string_view::npos) escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

// In single quotes, for bash and zsh, which know no escapes in them.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return quoted + "'";
}

std::string QuotedForFish(std::string_view text) { return "'" + Escaped(text, "\\'") + "'"; }

std::string FirstSentence(const std::string& help) {
  const size_t end = std::min(help.find(". "), help.find("; "));
  std::string sentence = help.substr(0, end);
  if (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  return sentence;
}

bool TakesFiles(const CommandShape& command) {
  return std::any_of(command.words.begin(), command.words.end(), [](const WordShape& word) {
    return word.choices.empty() && word.name == "file";
  });
}

// Flags and words that may follow the command.
std::vector<std::string> Candidates(const CommandShape& command, const CommandShape& program) {
  std::vector<std::string> candidates;
  for (const CommandShape& inner : command.commands) candidates.push_back(inner.name);
  for (const WordShape& word : command.words) {
    std::copy(word.choices.begin(), word.choices.end(), std::back_inserter(candidates));
  }
  const auto add_flags = [&candidates](const CommandShape& of) {
    for (const FlagShape& flag : of.flags) {
      if (!flag.flag.empty()) candidates.push_back("--" + flag.flag);
    }
  };
  add_flags(command);
  if (&command != &program) add_flags(program);
  return candidates;
}

std::string Joined(const std::vector<std::string>& words, const char* separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

// The lines of a `case` over "COMMAND --flag" that complete the flag's value.
std::string BashValues(const CommandShape& command, const std::string& prefix) {
  std::string cases;
  for (const FlagShape& flag : command.flags) {
    if (flag.flag.empty() || flag.placeholder.empty()) continue;
    const std::string pattern = prefix + " --" + flag.flag;
    const std::string quoted = prefix == "*" ? "*\" --" + flag.flag + "\"" : "\"" + pattern + "\"";
    if (!flag.choices.empty()) {
      cases += fmt::format("    {}) _paperwire_words {} ;;\n", quoted,
                           Quoted(Joined(flag.choices, " ")));
    } else if (flag.placeholder == kFile) {
      cases += fmt::format("    {}) _paperwire_files ;;\n", quoted);
    } else {
      cases += fmt::format("    {}) COMPREPLY=() ;;\n", quoted);
    }
  }
  return cases;
}

std::string ZshFlag(const FlagShape& flag) {
  std::string spec = "--" + flag.flag + (flag.placeholder.empty() ? "" : "=") + "[" +
                     Escaped(FirstSentence(flag.help), "[]\\:") + "]";
  if (!flag.placeholder.empty()) {
    spec += ":" + Escaped(flag.placeholder, ":\\") + ":";
    if (!flag.choices.empty()) {
      spec += "(" + Joined(flag.choices, " ") + ")";
    } else if (flag.placeholder == kFile) {
      spec += "_files";
    }
  }
  return Quoted(spec);
}

std::string ZshWord(const WordShape& word) {
  std::string spec = "*:" + Escaped(word.name, ":\\") + ":";
  if (!word.choices.empty()) {
    spec += "(" + Joined(word.choices, " ") + ")";
  } else if (word.name == "file") {
    spec += "_files";
  }
  return Quoted(spec);
}

std::string FishLine(const std::string& condition, const std::string& rest,
                     const std::string& help) {
  return "complete -c paperwire" + (condition.empty() ? "" : " -n " + QuotedForFish(condition)) +
         rest + " -d " + QuotedForFish(FirstSentence(help)) + "\n";
}

std::string FishFlag(const std::string& condition, const FlagShape& flag) {
  std::string rest = " -l " + flag.flag;
  if (flag.placeholder == kFile) {
    rest += " -r -F";
  } else if (!flag.placeholder.empty()) {
    rest += " -x";
    if (!flag.choices.empty()) rest += " -a " + QuotedForFish(Joined(flag.choices, " "));
  }
  return FishLine(condition, rest, flag.help);
}

}  // namespace

std::string BashCompletion(const CommandShape& program) {
  std::vector<std::string> with_values;
  std::vector<std::string> names;
  std::string values = BashValues(program, "*");
  std::string words;
  const auto add = [&](const CommandShape& command, const std::string& name) {
    for (const FlagShape& flag : command.flags) {
      if (!flag.flag.empty() && !flag.placeholder.empty()) with_values.push_back("--" + flag.flag);
    }
    words += fmt::format("    {}) _paperwire_words {}{} ;;\n", name.empty() ? "''" : name,
                         Quoted(Joined(Candidates(command, program), " ")),
                         TakesFiles(command) ? " files" : "");
  };
  add(program, "");
  for (const CommandShape& command : program.commands) {
    names.push_back(command.name);
    values += BashValues(command, command.name);
    add(command, command.name);
  }
  std::sort(with_values.begin(), with_values.end());
  with_values.erase(std::unique(with_values.begin(), with_values.end()), with_values.end());
  return fmt::format(
      R"(# bash completion for paperwire, made by `paperwire completion bash`.
_paperwire_files() {{
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  compopt -o filenames 2>/dev/null
}}

_paperwire_words() {{
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
  if [[ ${{2-}} == files && $cur != -* ]]; then _paperwire_files; fi
}}

_paperwire() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]-}} command='' i
  # "--order=date" comes as three words.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[COMP_CWORD-2]-}}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      {})
        if [[ ${{COMP_WORDS[i+1]-}} == = ]]; then ((i += 2)); else ((i += 1)); fi ;;
      {}) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  case "$command $prev" in
{}    *) _paperwire_arguments ;;
  esac
}}

_paperwire_arguments() {{
  case $command in
{}  esac
}}

complete -F _paperwire paperwire
)",
      Joined(with_values, "|"), Joined(names, "|"), values, words);
}

std::string ZshCompletion(const CommandShape& program) {
  std::string descriptions;
  std::string cases;
  std::string global;
  for (const FlagShape& flag : program.flags) {
    if (!flag.flag.empty()) global += "    " + ZshFlag(flag) + "\n";
  }
  for (const CommandShape& command : program.commands) {
    descriptions +=
        "    " + Quoted(command.name + ":" + Escaped(FirstSentence(command.help), ":\\")) + "\n";
    cases += "        " + command.name + ")\n          flags+=(\n";
    for (const FlagShape& flag : command.flags) {
      if (!flag.flag.empty()) cases += "            " + ZshFlag(flag) + "\n";
    }
    for (const WordShape& word : command.words) cases += "            " + ZshWord(word) + "\n";
    cases += "          ) ;;\n";
  }
  return fmt::format(
      R"(#compdef paperwire
# zsh completion for paperwire, made by `paperwire completion zsh`.
_paperwire() {{
  local curcontext="$curcontext" state line
  local -a commands flags
  commands=(
{}  )
  flags=(
{}  )
  _arguments -C $flags '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
{}      esac
      _arguments $flags ;;
  esac
}}

if [[ $funcstack[1] == _paperwire ]]; then _paperwire "$@"; else compdef _paperwire paperwire; fi
)",
      descriptions, global, cases);
}

std::string FishCompletion(const CommandShape& program) {
  std::string script =
      "# fish completion for paperwire, made by `paperwire completion fish`.\n"
      "complete -c paperwire -f\n";
  for (const FlagShape& flag : program.flags) {
    if (!flag.flag.empty()) script += FishFlag("", flag);
  }
  for (const CommandShape& command : program.commands) {
    script += FishLine("__fish_use_subcommand", " -a " + command.name, command.help);
  }
  for (const CommandShape& command : program.commands) {
    const std::string condition = "__fish_seen_subcommand_from " + command.name;
    for (const FlagShape& flag : command.flags) {
      if (!flag.flag.empty()) script += FishFlag(condition, flag);
    }
    for (const WordShape& word : command.words) {
      if (!word.choices.empty()) {
        script += FishLine(condition, " -a " + QuotedForFish(Joined(word.choices, " ")), word.help);
      }
    }
    if (TakesFiles(command)) {
      script += "complete -c paperwire -n " + QuotedForFish(condition) + " -F\n";
    }
  }
  return script;
}

}  // namespace paperwire::cli
