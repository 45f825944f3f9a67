#include "tools/paperwire/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "tests/unit/tools/run_paperwire.h"

namespace paperwire::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Output {
  int code = 0;
  std::string text;
};

Output Shell(const std::string& command) {
  struct Close {
    void operator()(FILE* pipe) const { pclose(pipe); }
  };
  Output output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> block{};
  for (size_t count = 0; (count = fread(block.data(), 1, block.size(), pipe)) > 0;) {
    output.text.append(block.data(), count);
  }
  output.code = pclose(pipe);
  return output;
}

bool Installed(const std::string& program) {
  return Shell("command -v " + program + " >/dev/null").code == 0;
}

// A script for `shell`, in a file.
std::string ScriptFile(const std::string& shell) {
  const std::string path = testing::TempDir() + "/paperwire-completion." + shell;
  const Ran ran = RunPaperwire({"completion", shell});
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  std::ofstream(path) << ran.out;
  return path;
}

// What bash offers after these words, the last of which is being typed.
std::vector<std::string> Offered(const std::vector<std::string>& words) {
  std::string line = "source '" + ScriptFile("bash") + "'; set -u; COMP_WORDS=(paperwire";
  for (const std::string& word : words) line += " \"" + word + "\"";
  line += "); COMP_CWORD=" + std::to_string(words.size()) +
          "; _paperwire; for o in ${COMPREPLY[@]+\"${COMPREPLY[@]}\"}; do echo \"$o\"; done";
  const std::string path = testing::TempDir() + "/ask-completion.bash";
  std::ofstream(path) << line << '\n';
  const Output output = Shell("bash --norc --noprofile " + path);
  EXPECT_EQ(output.code, 0) << output.text;
  std::vector<std::string> offered;
  std::istringstream lines(output.text);
  for (std::string each; std::getline(lines, each);) offered.push_back(each);
  return offered;
}

TEST(Completion, BashOffersEveryCommandAndWhatBeginsAsTyped) {
  const auto all = Offered({""});
  for (const char* command : {"list", "get", "search", "related", "tags", "watch", "status",
                              "ledger", "topics", "dlq", "completion", "man", "--color"}) {
    EXPECT_THAT(all, Contains(command));
  }
  EXPECT_THAT(Offered({"re"}), ElementsAre("related", "resummarize", "reclassify", "remove"));
}

TEST(Completion, BashOffersACommandsFlagsAndThoseOfAll) {
  const auto flags = Offered({"list", "--"});
  EXPECT_THAT(flags, Contains("--order"));
  EXPECT_THAT(flags, Contains("--color"));
  EXPECT_THAT(flags, Contains("--ca-file"));
  EXPECT_THAT(flags, Not(Contains("--state")));
  EXPECT_THAT(flags, Not(Contains(HasSubstr("access-token "))));
  EXPECT_THAT(Offered({"watch", "--st"}), ElementsAre("--state"));
  EXPECT_THAT(Offered({"list", "--au"}), ElementsAre("--author"));
  EXPECT_THAT(Offered({"dlq", "--di"}), ElementsAre("--direct"));
}

TEST(Completion, BashOffersValuesInBothSpellings) {
  EXPECT_THAT(Offered({"list", "--order", ""}), ElementsAre("date", "relevance"));
  EXPECT_THAT(Offered({"list", "--order", "=", "re"}), ElementsAre("relevance"));
  EXPECT_THAT(Offered({"list", "--order", "="}), ElementsAre("date", "relevance"));
  EXPECT_THAT(Offered({"list", "--color", "al"}), ElementsAre("always"));
  EXPECT_THAT(Offered({"--color", "ne"}), ElementsAre("never"));
  EXPECT_THAT(Offered({"list", "--date", ""}), IsEmpty());
  EXPECT_THAT(Offered({"completion", ""}), Contains("zsh"));
  EXPECT_THAT(Offered({"dlq", "re"}), ElementsAre("replay"));
  EXPECT_THAT(Offered({"llm", "pr"}), ElementsAre("preview"));
}

TEST(Completion, BashTakesNoValueForTheCommand) {
  EXPECT_THAT(Offered({"--color", "always", "rela"}), ElementsAre("related"));
  EXPECT_THAT(Offered({"list", "--server", "get", "--or"}), ElementsAre("--order"));
  EXPECT_THAT(Offered({"--color", "=", "never", "list", "--or"}), ElementsAre("--order"));
}

TEST(Completion, BashOffersFilesWhereFilesGo) {
  const std::string file = testing::TempDir() + "/a state.json";
  std::ofstream(file) << "{}";
  const std::string begin = testing::TempDir() + "/a st";
  EXPECT_THAT(Offered({"watch", "--state", begin}), ElementsAre(file));
  EXPECT_THAT(Offered({"cards", begin}), ElementsAre(file));
}

TEST(Completion, ZshReadsItsScript) {
  if (!Installed("zsh")) GTEST_SKIP() << "SKIPPED: zsh is not installed";
  const std::string script = ScriptFile("zsh");
  const Output parsed = Shell("zsh -f -n " + script);
  EXPECT_EQ(parsed.code, 0) << parsed.text;
  const Output loaded = Shell("zsh -f -c 'autoload -U compinit; compinit -u -D; source " + script +
                              "; echo ${_comps[paperwire]}'");
  EXPECT_EQ(loaded.code, 0);
  EXPECT_EQ(loaded.text, "_paperwire\n");
}

TEST(Completion, FishOffersCommandsFlagsAndValues) {
  if (!Installed("fish")) GTEST_SKIP() << "SKIPPED: fish is not installed";
  const std::string script = ScriptFile("fish");
  const auto ask = [&script](const std::string& line) {
    const Output output = Shell("HOME=" + testing::TempDir() + " fish --no-config -c 'source " +
                                script + "; complete -C \"" + line + "\"'");
    EXPECT_EQ(output.code, 0) << output.text;
    return output.text;
  };
  EXPECT_THAT(ask("paperwire rel"), HasSubstr("related\tCards that resemble one"));
  EXPECT_THAT(ask("paperwire list --ord"), HasSubstr("--order"));
  EXPECT_THAT(ask("paperwire list --order "), HasSubstr("relevance"));
  EXPECT_THAT(ask("paperwire watch --order"), Not(HasSubstr("--order")));
  EXPECT_THAT(ask("paperwire completion "), HasSubstr("zsh"));
}

TEST(Completion, KeepsToItsWordsWhateverATextHolds) {
  config::CommandShape program{.name = "paperwire", .help = "Reads it's \"feed\"."};
  program.commands.push_back({.name = "list",
                              .help = "What [it] is: $(false) 'all' `x` \\ and more.",
                              .flags = {{.flag = "order",
                                         .help = "It's [a] \"choice\" $HOME: \\.",
                                         .placeholder = "CHOICE",
                                         .choices = {"date"}}}});
  for (const auto& [shell, script] :
       {std::pair{"bash", BashCompletion(program)}, std::pair{"zsh", ZshCompletion(program)},
        std::pair{"fish", FishCompletion(program)}}) {
    if (!Installed(shell)) continue;
    const std::string path = testing::TempDir() + "/odd." + shell;
    std::ofstream(path) << script;
    const Output output = Shell(std::string(shell) + " -n " + path);
    EXPECT_EQ(output.code, 0) << shell << ": " << output.text;
    EXPECT_EQ(output.text, "") << shell;
  }
}

TEST(Completion, SaysWhichShellsItKnows) {
  EXPECT_EQ(RunPaperwire({"completion"}).code, kExitUsage);
  EXPECT_EQ(RunPaperwire({"completion", "csh"}).err,
            "paperwire: completion wants one of: bash, zsh, fish\n");
}

}  // namespace
}  // namespace paperwire::cli
