#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "google/protobuf/util/json_util.h"
#include "libs/access/token.h"
#include "paperwire/v1/feed_service.pb.h"
#include "paperwire/v1/paper.pb.h"
#include "tools/paperwire/command.h"

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;

// One run of the program with what it printed.
struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

Outcome RunWith(std::vector<const char*> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), "paperwire");
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const clock::FakeClock clock{clock::WallTime{}};
  Console console{.in = in, .out = out, .err = err, .clock = clock};
  Outcome outcome;
  outcome.code = RunProgram(static_cast<int>(arguments.size()), arguments.data(), console);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

constexpr const char* kPaper =
    R"({"id":"2606.01234v2","title":"Pruning Gates for Language Models",)"
    R"("abstract":"Large language models are costly. We propose a method that prunes gates. )"
    R"(It removes 40 % of the weights and keeps accuracy on three benchmarks.",)"
    R"("authors":["Ana Erdős"],"categories":["cs.LG","cs.CL"],"announced":"2026-06-09"})"
    "\n";

TEST(Program, NamesItsCommandsWhenNoneIsGiven) {
  const Outcome outcome = RunWith({});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("name a command"));
}

TEST(Program, ExplainsItself) {
  const Outcome outcome = RunWith({"--help"});
  EXPECT_EQ(outcome.code, kExitOk);
  for (const char* name : {"list", "get", "tags", "status", "topics", "dlq", "cards", "explain",
                           "ground", "resummarize", "reclassify", "remove", "token"}) {
    EXPECT_THAT(outcome.out, HasSubstr(name));
  }
}

TEST(Program, RefusesWordsThatACommandDoesNotKnow) {
  EXPECT_EQ(RunWith({"topics", "drop"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"dlq"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"dlq", "show", "tagged.dlq", "one", "2"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"get"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"cards"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"resummarize"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"resummarize", "--all-embedded", "2606.01234"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"reclassify"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"reclassify", "--all-other-models", "2606.01234"}).code, kExitUsage);
  const auto unasked = RunWith({"reclassify", "2606.01234", "--other-than", "older-0"});
  EXPECT_EQ(unasked.code, kExitUsage);
  EXPECT_EQ(unasked.err, "paperwire: --other-than goes with --all-other-models only\n");
  EXPECT_EQ(RunWith({"remove", "2606.01234"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"remove", "--reason", "a wish"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"remove", "2606.01234", "2606.01235", "--reason", "a wish"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"status", "--cycle", "c-1"}).code, kExitUsage);
}

TEST(Program, MakesATokenAndTheLineThatKnowsOnlyItsHash) {
  const auto made =
      RunWith({"token", "new", "mirror", "--scope", "read,operate", "--expires", "2027-01-31"});
  EXPECT_EQ(made.code, kExitOk);
  const size_t at = made.err.find("pw_");
  ASSERT_NE(at, std::string::npos);
  const std::string token = made.err.substr(at, 46);
  const auto grants = access::ParseGrants(made.out);
  ASSERT_TRUE(grants.ok()) << grants.status();
  ASSERT_EQ(grants->size(), 1u);
  EXPECT_EQ(grants->front().name, "mirror");
  EXPECT_EQ(grants->front().hash, access::HashOf(token));
  EXPECT_EQ(made.out.find("pw_"), std::string::npos);

  EXPECT_EQ(RunWith({"token", "new"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"token", "old", "x"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"token", "new", "a b"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"token", "new", "x", "--scope", "write"}).code, kExitUsage);
  EXPECT_EQ(RunWith({"token", "new", "x", "--expires", "soon"}).code, kExitUsage);
}

TEST(Program, SaysWhichServerDoesNotAnswer) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  const Outcome outcome = RunWith({"status", "--server", "127.0.0.1:1"});
  EXPECT_EQ(outcome.code, kExitUnavailable);
  EXPECT_THAT(outcome.err, HasSubstr("no answer from 127.0.0.1:1"));
  EXPECT_EQ(outcome.out, "");

  const Outcome operators =
      RunWith({"resummarize", "2606.01234", "--operator-server", "127.0.0.1:1"});
  EXPECT_EQ(operators.code, kExitUnavailable);
  EXPECT_THAT(operators.err, HasSubstr("no answer from 127.0.0.1:1"));
}

TEST(Tags, TheBuiltInCatalogueNeedsNoServer) {
  const Outcome outcome = RunWith({"tags", "--built-in"});
  ASSERT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 14);
  EXPECT_THAT(outcome.out, HasSubstr("nlp\tNLP\t"));

  const Outcome json = RunWith({"tags", "--built-in", "--json"});
  ASSERT_EQ(json.code, kExitOk) << json.err;
  v1::TagDescription first;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(json.out.substr(0, json.out.find('\n')), &first)
          .ok());
  EXPECT_EQ(first.slug(), "theory");
  EXPECT_GT(first.synonyms_size(), 0);
}

TEST(Tags, AreAskedOfTheServerWhenOneIsNamed) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  EXPECT_EQ(RunWith({"tags", "--server", "127.0.0.1:1"}).code, kExitUnavailable);
}

TEST(Cards, MakesACompleteCardFromAJsonLine) {
  const Outcome outcome = RunWith({"cards", "--from", "-"}, kPaper);
  ASSERT_EQ(outcome.code, kExitOk) << outcome.err;
  v1::Entry entry;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(outcome.out, &entry).ok()) << outcome.out;
  EXPECT_EQ(entry.paper().arxiv_id(), "2606.01234");
  EXPECT_EQ(entry.paper().version(), 2u);
  EXPECT_GE(entry.tags_size(), 1);
  EXPECT_GE(entry.summary().highlights_size(), 1);
  EXPECT_FALSE(entry.summary().provenance().model().empty());
  EXPECT_FALSE(entry.tag_provenance().model().empty());
}

TEST(Cards, PrintsTextForPeople) {
  const Outcome outcome = RunWith({"cards", "--from", "-", "--format", "text"}, kPaper);
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.out, HasSubstr("Highlights\n  - "));
}

TEST(Cards, SaysInOneLineWhatIsWrongWithAFileAndReadsTheOthers) {
  const std::string good = testing::TempDir() + "/good.jsonl";
  const std::string bad = testing::TempDir() + "/bad.jsonl";
  std::ofstream(good) << kPaper;
  std::ofstream(bad) << "this is no paper\n";
  const Outcome outcome = RunWith({"cards", bad.c_str(), good.c_str()});
  EXPECT_EQ(outcome.code, kExitBadData);
  EXPECT_THAT(outcome.err, HasSubstr(bad));
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
  EXPECT_THAT(outcome.out, HasSubstr("2606.01234"));
}

TEST(Cards, SaysWhichFileItCannotRead) {
  const Outcome outcome = RunWith({"cards", "/nowhere/papers.jsonl"});
  EXPECT_EQ(outcome.code, kExitNoInput);
  EXPECT_THAT(outcome.err, HasSubstr("cannot read /nowhere/papers.jsonl"));
  EXPECT_EQ(RunWith({"cards", testing::TempDir().c_str()}).code, kExitNoInput);
}

}  // namespace
}  // namespace paperwire::cli
