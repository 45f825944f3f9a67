#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "libs/config/parse_value.h"
#include "libs/config/settings.h"

namespace paperwire::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A program with a setting of each kind. The environment is what the test puts there.
class ProgramSettings : public testing::Test {
 protected:
  ~ProgramSettings() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
  }

  void SetVariable(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

  std::string WriteFile(const std::string& text) {
    const auto path = std::filesystem::path(testing::TempDir()) /
                      ("secret-" + std::to_string(getpid()) + "-" +
                       testing::UnitTest::GetInstance()->current_test_info()->name());
    std::ofstream(path) << text;
    return path.string();
  }

  Settings::Outcome Parse(std::vector<const char*> words) {
    Settings settings("program", "Does things.");
    settings.Text(&brokers_, "kafka-brokers", "Where Kafka is.");
    settings.Text(&mode_, "mode", "How it runs.", {.choices = {"real", "data"}});
    settings.Text(&password_, "password", "To get in.", {.secret = true});
    settings.Text(&contact_, "contact", "Who runs it.", {.required = contact_required_});
    settings.List(&categories_, "categories", "What is read.");
    settings.Integer(&workers_, "workers", "How many at once.", 1, 64);
    settings.Real(&share_, "share", "How much.", 0, 1);
    settings.Duration(&every_, "every", "How often.", minutes(1), hours(24));
    settings.Flag(&once_, "once", "Only one cycle.");
    Settings& list = settings.Subcommand("list", "Lists things.", &list_chosen_);
    list.Flag(&json_, "json", "As JSON.");
    list.Words(&words_, "what", "What to list.");
    Settings& topics = settings.Subcommand("topics", "Topics.", &topics_chosen_);
    topics.Subcommand("apply", "Makes them.", &apply_chosen_);
    words.insert(words.begin(), "program");
    return settings.Parse(static_cast<int>(words.size()), words.data());
  }

  std::string brokers_ = "127.0.0.1:9092";
  std::string mode_ = "real";
  std::string password_;
  std::string contact_;
  std::vector<std::string> categories_ = {"cs.LG", "stat.ML"};
  int64_t workers_ = 2;
  double share_ = 0.5;
  milliseconds every_ = hours(8);
  bool once_ = false;
  bool contact_required_ = false;
  bool list_chosen_ = false;
  bool topics_chosen_ = false;
  bool apply_chosen_ = false;
  bool json_ = false;
  std::vector<std::string> words_;

 private:
  std::vector<std::string> set_;
};

TEST_F(ProgramSettings, RefuseAnEqualsSignWithNothingAfterIt) {
  const Settings::Outcome outcome = Parse({"--contact=me", "--kafka-brokers=", "--once"});
  EXPECT_EQ(outcome.exit_code, 78);
  EXPECT_THAT(outcome.output, HasSubstr("program: --kafka-brokers=: has no value"));
  EXPECT_FALSE(once_);
}

TEST_F(ProgramSettings, KeepTheirDefaultsWhenNothingIsGiven) {
  EXPECT_TRUE(Parse({}).run);

  EXPECT_EQ(brokers_, "127.0.0.1:9092");
  EXPECT_THAT(categories_, ElementsAre("cs.LG", "stat.ML"));
  EXPECT_EQ(workers_, 2);
  EXPECT_FALSE(once_);
}

TEST_F(ProgramSettings, TakeTheFlagOverTheVariableOverTheDefault) {
  SetVariable("PAPERWIRE_KAFKA_BROKERS", "variable:1");
  SetVariable("PAPERWIRE_WORKERS", "7");

  EXPECT_TRUE(Parse({"--kafka-brokers", "flag:1"}).run);

  EXPECT_EQ(brokers_, "flag:1");
  EXPECT_EQ(workers_, 7);
  EXPECT_EQ(mode_, "real");
}

TEST_F(ProgramSettings, AreReadInEveryKind) {
  EXPECT_TRUE(Parse({"--mode=data", "--categories", "cs.CL, cs.AI,,", "--workers", "64", "--share",
                     "0.25", "--every", "90m", "--once"})
                  .run);

  EXPECT_EQ(mode_, "data");
  EXPECT_THAT(categories_, ElementsAre("cs.CL", "cs.AI"));
  EXPECT_EQ(workers_, 64);
  EXPECT_EQ(share_, 0.25);
  EXPECT_EQ(every_, minutes(90));
  EXPECT_TRUE(once_);
}

TEST_F(ProgramSettings, TakeTheLastOfARepeatedFlag) {
  EXPECT_TRUE(Parse({"--workers", "3", "--workers", "5", "--once", "--once=false"}).run);

  EXPECT_EQ(workers_, 5);
  EXPECT_FALSE(once_);
}

TEST_F(ProgramSettings, TakeAnEmptyVariableForNone) {
  SetVariable("PAPERWIRE_WORKERS", "");

  EXPECT_TRUE(Parse({}).run);

  EXPECT_EQ(workers_, 2);
}

TEST_F(ProgramSettings, NameEveryWrongValueInOneLine) {
  SetVariable("PAPERWIRE_WORKERS", "sixty-five");
  SetVariable("PAPERWIRE_ONCE", "perhaps");

  const Settings::Outcome outcome =
      Parse({"--mode", "fast\nforged", "--share", "1.5", "--every", "3"});

  EXPECT_FALSE(outcome.run);
  EXPECT_EQ(outcome.exit_code, 78);
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("PAPERWIRE_WORKERS: given \"sixty-five\", allowed is a whole number, "
                              "1 to 64"),
                    HasSubstr("--mode: given \"fast?forged\", allowed is one of real, data"),
                    HasSubstr("--share: given \"1.5\", allowed is a number, 0 to 1"),
                    HasSubstr("--every: given \"3\""), HasSubstr("1m to 24h"),
                    HasSubstr("PAPERWIRE_ONCE: given \"perhaps\"")));
  EXPECT_EQ(std::count(outcome.output.begin(), outcome.output.end(), '\n'), 1);
  EXPECT_EQ(workers_, 2);
}

TEST_F(ProgramSettings, RefuseWhatIsOutOfRange) {
  EXPECT_EQ(Parse({"--workers", "0"}).exit_code, 78);
  EXPECT_EQ(Parse({"--workers", "65"}).exit_code, 78);
  EXPECT_EQ(Parse({"--workers", "-1"}).exit_code, 78);
  EXPECT_EQ(Parse({"--workers", "99999999999999999999"}).exit_code, 78);
  EXPECT_EQ(Parse({"--share", "nan"}).exit_code, 78);
  EXPECT_EQ(Parse({"--every", "59s"}).exit_code, 78);
  EXPECT_EQ(Parse({"--every", "9999999999999999h"}).exit_code, 78);
}

TEST_F(ProgramSettings, RefuseFlagsAndWordsThatNobodyDeclared) {
  const Settings::Outcome flags = Parse({"--wrokers=3", "--bogus"});
  EXPECT_EQ(flags.exit_code, 78);
  EXPECT_THAT(flags.output, AllOf(HasSubstr("\"--wrokers\": no such setting"),
                                  HasSubstr("\"--bogus\": no such setting")));

  const Settings::Outcome word = Parse({"lits"});
  EXPECT_EQ(word.exit_code, 78);
  EXPECT_THAT(word.output, HasSubstr("\"lits\": no such command"));

  EXPECT_EQ(Parse({"--workers"}).exit_code, 78);
}

TEST_F(ProgramSettings, SayWhatIsRequired) {
  contact_required_ = true;

  const Settings::Outcome outcome = Parse({});

  EXPECT_EQ(outcome.exit_code, 78);
  EXPECT_THAT(outcome.output, HasSubstr("--contact (PAPERWIRE_CONTACT): not given"));
  EXPECT_TRUE(Parse({"list"}).run) << "a subcommand needs nothing of what the program needs";
}

TEST_F(ProgramSettings, ReadASecretFromItsVariableOrItsFile) {
  SetVariable("PAPERWIRE_PASSWORD_FILE", WriteFile("from a file\n"));
  EXPECT_TRUE(Parse({}).run);
  EXPECT_EQ(password_, "from a file");

  SetVariable("PAPERWIRE_PASSWORD", "from a variable");
  const Settings::Outcome both = Parse({});
  EXPECT_EQ(both.exit_code, 78);
  EXPECT_THAT(both.output, HasSubstr("both are set"));
}

TEST_F(ProgramSettings, SayWhenASecretsFileCannotBeRead) {
  SetVariable("PAPERWIRE_PASSWORD_FILE", "/nowhere/secret");

  const Settings::Outcome outcome = Parse({});

  EXPECT_EQ(outcome.exit_code, 78);
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("PAPERWIRE_PASSWORD_FILE"),
                                    HasSubstr("\"/nowhere/secret\""), HasSubstr("cannot be read")));
}

TEST_F(ProgramSettings, PrintTheConfigurationWithoutItsSecrets) {
  SetVariable("PAPERWIRE_WORKERS", "7");
  SetVariable("PAPERWIRE_PASSWORD", "hunter2");

  const Settings::Outcome outcome =
      Parse({"--kafka-brokers", "redis://user:hunter2@host:6379", "--print-config"});

  EXPECT_FALSE(outcome.run);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(
      outcome.output,
      AllOf(HasSubstr("workers = 7  (environment)\n"),
            HasSubstr("kafka-brokers = redis://user:***@host:6379  (flag)\n"),
            HasSubstr("mode = real  (default)\n"), HasSubstr("password = ***  (environment)\n"),
            HasSubstr("every = 8h"), Not(HasSubstr("hunter2"))));
}

TEST_F(ProgramSettings, NameTheVariablesThatNothingReads) {
  SetVariable("PAPERWIRE_WROKERS", "7");
  SetVariable("PAPERWIRE_JSON", "true");
  SetVariable("PAPERWIRE_PASSWORD_FILE", WriteFile("x"));
  SetVariable("PAPERWIRE_WORKERS_FILE", "x");

  const Settings::Outcome outcome = Parse({});

  EXPECT_TRUE(outcome.run);
  EXPECT_THAT(outcome.unknown_variables,
              testing::IsSupersetOf({"PAPERWIRE_WROKERS", "PAPERWIRE_WORKERS_FILE"}));
  EXPECT_THAT(outcome.unknown_variables, Not(testing::Contains("PAPERWIRE_JSON")));
  EXPECT_THAT(outcome.unknown_variables, Not(testing::Contains("PAPERWIRE_PASSWORD_FILE")));
}

TEST_F(ProgramSettings, AreOnTheHelpPageWithRangeDefaultAndVariable) {
  const Settings::Outcome outcome = Parse({"--help"});

  EXPECT_FALSE(outcome.run);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.output,
              AllOf(HasSubstr("--workers N"), HasSubstr("How many at once."),
                    HasSubstr("(a whole number, 1 to 64; default 2; PAPERWIRE_WORKERS)"),
                    HasSubstr("PAPERWIRE_PASSWORD_FILE"), HasSubstr("list"),
                    HasSubstr("one of real, data")));
  EXPECT_THAT(Parse({"--version"}).output, HasSubstr("program " PAPERWIRE_VERSION));
}

TEST_F(ProgramSettings, TakeASecretOfPeopleFromItsVariableOnly) {
  const auto parse = [this](std::vector<const char*> words) {
    Settings settings("program", "Does things.");
    settings.Text(&password_, "password", "To get in.", {.secret = true, .environment_only = true});
    settings.Text(&contact_, "password-file", "Or a file of it.", {.file = true});
    words.insert(words.begin(), "program");
    return settings.Parse(static_cast<int>(words.size()), words.data());
  };
  SetVariable("PAPERWIRE_PASSWORD", "hunter2");
  SetVariable("PAPERWIRE_PASSWORD_FILE", "a.txt");

  EXPECT_TRUE(parse({}).run);
  EXPECT_EQ(password_, "hunter2");
  EXPECT_EQ(contact_, "a.txt");
  EXPECT_EQ(parse({"--password", "x"}).exit_code, 78);
  EXPECT_THAT(parse({"--print-config"}).output, Not(HasSubstr("hunter2")));
  const std::string help = parse({"--help"}).output;
  EXPECT_THAT(help, AllOf(HasSubstr("  PAPERWIRE_PASSWORD "), HasSubstr("--password-file FILE"),
                          Not(HasSubstr("--password "))));
}

TEST_F(ProgramSettings, TakeWordsThatBeginWithAMinusAfterTwoOfThem) {
  EXPECT_TRUE(Parse({"list", "--json", "--", "-not", "--this"}).run);
  EXPECT_TRUE(json_);
  EXPECT_THAT(words_, testing::ElementsAre("-not", "--this"));
  words_.clear();
  EXPECT_EQ(Parse({"list", "-not"}).exit_code, 78);
}

TEST_F(ProgramSettings, TellTheirShape) {
  Settings settings("program", "Does things.");
  settings.Text(&mode_, "mode", "How it runs.", {.choices = {"real", "data"}});
  Settings& list = settings.Subcommand("list", "Lists things.", &list_chosen_);
  list.Flag(&json_, "json", "As JSON.");
  list.Text(&contact_, "output", "Where to.", {.file = true});
  list.Text(&password_, "password", "To get in.", {.secret = true, .environment_only = true});
  list.Words(&words_, "what", "What to list.", {"papers", "days"});

  const CommandShape shape = settings.Shape();

  EXPECT_EQ(shape.name, "program");
  EXPECT_EQ(shape.help, "Does things.");
  ASSERT_GE(shape.flags.size(), 1u);
  EXPECT_EQ(shape.flags[0].flag, "mode");
  EXPECT_EQ(shape.flags[0].placeholder, "CHOICE");
  EXPECT_EQ(shape.flags[0].facts, "one of real, data; default real; PAPERWIRE_MODE");
  EXPECT_THAT(shape.flags[0].choices, testing::ElementsAre("real", "data"));
  EXPECT_EQ(shape.flags.back().flag, "print-config");
  ASSERT_EQ(shape.commands.size(), 1u);
  const CommandShape& inner = shape.commands[0];
  EXPECT_EQ(inner.name, "list");
  ASSERT_EQ(inner.flags.size(), 3u);
  EXPECT_EQ(inner.flags[0].placeholder, "");
  EXPECT_EQ(inner.flags[1].placeholder, "FILE");
  EXPECT_EQ(inner.flags[2].flag, "");
  EXPECT_EQ(inner.flags[2].variable, "PAPERWIRE_PASSWORD");
  ASSERT_EQ(inner.words.size(), 1u);
  EXPECT_THAT(inner.words[0].choices, testing::ElementsAre("papers", "days"));
}

TEST_F(ProgramSettings, AreFoundOnBothSidesOfASubcommand) {
  EXPECT_TRUE(Parse({"--workers", "3", "list", "--json", "--mode", "data", "papers", "days"}).run);

  EXPECT_TRUE(list_chosen_);
  EXPECT_FALSE(topics_chosen_);
  EXPECT_TRUE(json_);
  EXPECT_EQ(workers_, 3);
  EXPECT_EQ(mode_, "data");
  EXPECT_THAT(words_, ElementsAre("papers", "days"));
}

TEST_F(ProgramSettings, TakeAWordThatIsAlsoACommandForAWord) {
  EXPECT_TRUE(Parse({"list", "topics"}).run);

  EXPECT_FALSE(topics_chosen_);
  EXPECT_THAT(words_, ElementsAre("topics"));
}

TEST_F(ProgramSettings, NestSubcommands) {
  EXPECT_TRUE(Parse({"topics", "apply", "--kafka-brokers", "b:1"}).run);

  EXPECT_TRUE(topics_chosen_);
  EXPECT_TRUE(apply_chosen_);
  EXPECT_EQ(brokers_, "b:1");
  EXPECT_THAT(Parse({"topics", "apply", "--help"}).output, HasSubstr("program topics apply"));
}

TEST(ParseValue, TakesDurationsWithAUnitOnly) {
  EXPECT_EQ(ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(ParseDuration("8h"), hours(8));
  EXPECT_EQ(ParseDuration("0s"), milliseconds(0));
  for (const char* wrong : {"", "s", "5", "-5s", "5 s", "1.5h", "5d", "5sm"}) {
    EXPECT_EQ(ParseDuration(wrong), std::nullopt) << wrong;
  }
}

TEST(ParseValue, ShowsDurationsInTheLargestUnitThatFits) {
  EXPECT_EQ(FormatDuration(hours(8)), "8h");
  EXPECT_EQ(FormatDuration(minutes(90)), "90m");
  EXPECT_EQ(FormatDuration(milliseconds(1500)), "1500ms");
  EXPECT_EQ(FormatDuration(milliseconds(0)), "0ms");
}

}  // namespace
}  // namespace paperwire::config
