#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "tools/paperwire/command.h"

namespace paperwire::cli {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

Outcome Ground(const std::string& input, const char* file = "-") {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const clock::FakeClock clock{clock::WallTime{}};
  Console console{.in = in, .out = out, .err = err, .clock = clock};
  const std::array<const char*, 3> arguments = {"paperwire", "ground", file};
  Outcome outcome;
  outcome.code = RunProgram(static_cast<int>(arguments.size()), arguments.data(), console);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

TEST(Ground, SaysOfEverySectionWhatItsSourceDoesNot) {
  const Outcome outcome = Ground(
      R"({"id":7,"source":"It wins by 3% with GRPO.","sections":{"results":"It wins by 4%. It wins.",)"
      R"("method":"It uses GRPO."}})"
      "\n");

  EXPECT_EQ(outcome.code, kExitNegative);
  const Json verdict = Json::parse(outcome.out);
  EXPECT_EQ(verdict["id"], 7);
  const Json& results = verdict["sections"]["results"];
  EXPECT_EQ(results["outcome"], "removed");
  EXPECT_EQ(results["removed"], 1);
  EXPECT_EQ(results["kept"], "It wins.");
  EXPECT_EQ(results["items"], Json::parse(R"([{"kind":"number","text":"4%"}])"));
  EXPECT_EQ(verdict["sections"]["method"]["outcome"], "grounded");
}

TEST(Ground, TakesOneTextToo) {
  const Outcome outcome = Ground(
      "\n{\"source\":\"from 40 to 80\",\"text\":\"It doubles.\"}\n{\"source\":\"\",\"text\":\"\"}");

  EXPECT_EQ(outcome.code, kExitOk);
  std::istringstream lines(outcome.out);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(Json::parse(line)["verdict"]["outcome"], "flagged");
  EXPECT_EQ(Json::parse(line)["verdict"]["items"][0]["kind"], "derived");
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(Json::parse(line)["verdict"]["outcome"], "grounded");
}

TEST(Ground, ABadLineIsNamedAndTheOthersAreRead) {
  const Outcome outcome = Ground(
      "no "
      "json\n[]\n{\"text\":\"x\"}\n{\"source\":\"x\"}\n{\"source\":\"x\",\"sections\":{\"a\":1}}\n"
      "{\"source\":\"x\",\"sections\":[]}\n{\"source\":\"it is\",\"text\":\"it is\"}\n");

  EXPECT_EQ(outcome.code, kExitBadData);
  EXPECT_THAT(outcome.err, HasSubstr("standard input line 1: not a JSON object\n"));
  EXPECT_THAT(outcome.err, HasSubstr("line 2: not a JSON object\n"));
  EXPECT_THAT(outcome.err, HasSubstr("line 3: no text \"source\"\n"));
  EXPECT_THAT(outcome.err, HasSubstr("line 4: neither \"sections\" nor \"text\"\n"));
  EXPECT_THAT(outcome.err, HasSubstr("line 5: section \"a\" is not a text\n"));
  EXPECT_THAT(outcome.err, HasSubstr("line 6: \"sections\" is not an object\n"));
  EXPECT_EQ(Json::parse(outcome.out)["verdict"]["outcome"], "grounded");
}

TEST(Ground, BytesThatAreNoTextBreakNothing) {
  const Outcome outcome = Ground("{\"source\":\"a\xFF\",\"text\":\"b\xFE\"}\n");

  EXPECT_EQ(outcome.code, kExitBadData);
  EXPECT_THAT(outcome.err, HasSubstr("line 1"));
}

TEST(Ground, NamesTheFileThatItCannotRead) {
  const Outcome outcome = Ground("", "no/such/file");

  EXPECT_EQ(outcome.code, kExitNoInput);
  EXPECT_THAT(outcome.err, HasSubstr("cannot read no/such/file"));
}

}  // namespace
}  // namespace paperwire::cli
