#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "nlohmann/json.hpp"
#include "tests/unit/tools/fake_feed.h"
#include "tests/unit/tools/run_paperwire.h"

namespace paperwire::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// `paperwire watch` against a feed that follows a script.
class WatchTest : public testing::Test {
 protected:
  WatchTest() {
    std::string folder = testing::TempDir() + "/watchXXXXXX";
    folder_ = mkdtemp(folder.data());
    state_ = folder_ + "/state.json";
  }
  ~WatchTest() override { std::filesystem::remove_all(folder_); }

  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }

  Ran Watch(const std::vector<std::string>& more, std::ostream* out = nullptr) {
    std::vector<std::string> words = {"watch", "--server", feed_.address(), "--until-live"};
    words.insert(words.end(), more.begin(), more.end());
    return RunPaperwire(words, {.out = out});
  }

  std::string Bytes(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string KeptToken() const {
    return nlohmann::json::parse(Bytes(state_)).at("resumeToken").get<std::string>();
  }
  std::vector<std::string> AskedTokens() const {
    std::vector<std::string> tokens;
    for (const auto& request : feed_.requests()) tokens.push_back(request.resume_token());
    return tokens;
  }

  FakeFeed feed_;
  std::string folder_;
  std::string state_;
};

TEST_F(WatchTest, PrintsALineACardAndALineARemoval) {
  feed_.Expect({.messages = {CardMessage("2606.00001", "1"), RemovedMessage("2606.00002", "2"),
                             LiveMessage("3")}});
  const Ran outcome = Watch({});
  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(outcome.out, "2026-06-09\t2606.00001\t\tOn 2606.00001\nremoved\t2606.00002\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(WatchTest, PrintsEveryMessageAsItCameForPrograms) {
  feed_.Expect({.messages = {CardMessage("2606.00001", "1"), RemovedMessage("2606.00002", "2"),
                             LiveMessage("3")}});
  const Ran outcome = Watch({"--json"});
  std::istringstream lines(outcome.out);
  std::vector<nlohmann::json> events;
  for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]["entry"]["paper"]["arxivId"], "2606.00001");
  EXPECT_EQ(events[0]["resumeToken"], "1");
  EXPECT_EQ(events[1]["removedId"], "2606.00002");
  EXPECT_EQ(events[2]["heartbeat"]["live"], true);
  EXPECT_EQ(events[2]["resumeToken"], "3");
}

TEST_F(WatchTest, AsksForWhatItWasTold) {
  feed_.Expect({.messages = {LiveMessage("1")}});
  Watch({"--from", "2026-06-08", "--tag", "nlp,LLM", "--category", "cs.LG", "--not-word", "survey",
         "--code", "--revised-since", "2026-06-07", "--json"});
  feed_.Expect({.messages = {LiveMessage("1")}});
  Watch({"--from", "all"});
  const auto requests = feed_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].announced_from(), "2026-06-08");
  EXPECT_THAT(requests[0].filter().tags_any(), ElementsAre("nlp", "LLM"));
  EXPECT_THAT(requests[0].filter().categories(), ElementsAre("cs.LG"));
  EXPECT_THAT(requests[0].filter().exclude_words(), ElementsAre("survey"));
  EXPECT_TRUE(requests[0].filter().has_code());
  EXPECT_EQ(requests[0].filter().revised_since().seconds(), 1780790400);
  EXPECT_EQ(requests[0].view(), v1::ENTRY_VIEW_FULL);
  EXPECT_EQ(requests[1].announced_from(), "1991-01-01");
  EXPECT_EQ(requests[1].view(), v1::ENTRY_VIEW_BASIC);
}

TEST_F(WatchTest, GoesOnInTheNextRunWhereThisOneEnded) {
  feed_.Expect({.messages = {CardMessage("a", "1"), LiveMessage("2")}});
  EXPECT_EQ(Watch({"--state", state_}).code, kExitOk);
  EXPECT_EQ(KeptToken(), "2");
  feed_.Expect({.messages = {CardMessage("b", "3")}, .end = grpc::Status::OK});
  feed_.Expect({.messages = {LiveMessage("4")}});
  const Ran second = Watch({"--state", state_});
  EXPECT_EQ(second.code, kExitOk);
  EXPECT_THAT(second.out, HasSubstr("\tb\t"));
  EXPECT_THAT(AskedTokens(), ElementsAre("", "2", "3"));
  EXPECT_EQ(KeptToken(), "4");
}

TEST_F(WatchTest, StartsOverAndSaysSoWhenTheTokenIsLost) {
  feed_.Expect({.messages = {CardMessage("a", "1"), LiveMessage("2")}});
  Watch({"--state", state_});
  feed_.Expect({.end = grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "the window is another one")});
  feed_.Expect({.messages = {CardMessage("a", "x1"), LiveMessage("x2")}});
  const Ran outcome = Watch({"--state", state_, "--json"});
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.err, HasSubstr("starting over"));
  EXPECT_THAT(outcome.err, HasSubstr("the window is another one"));
  const auto first = nlohmann::json::parse(outcome.out.substr(0, outcome.out.find('\n')));
  EXPECT_EQ(first["restart"]["announcedFrom"], "1991-01-01");
  EXPECT_EQ(first["restart"]["reason"], "the window is another one");
  EXPECT_THAT(AskedTokens(), ElementsAre("", "2", ""));
  // The new token is bound to the date that it was given for.
  EXPECT_EQ(KeptToken(), "x2");
  feed_.Expect({.messages = {LiveMessage("x3")}});
  EXPECT_EQ(Watch({"--state", state_}).code, kExitOk);
  EXPECT_EQ(feed_.requests().back().resume_token(), "x2");
  EXPECT_EQ(feed_.requests().back().announced_from(), "1991-01-01");
}

TEST_F(WatchTest, ComesBackWhenTheServerCutsOrFallsSilent) {
  feed_.Expect({.messages = {CardMessage("a", "1")},
                .end = grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining")});
  feed_.Expect({.messages = {CardMessage("b", "2")}});  // Then nothing, not even a heartbeat.
  feed_.Expect({.messages = {CardMessage("c", "3"), LiveMessage("4")}});
  const Ran outcome = Watch({"--silence", "100ms"});
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 3);
  EXPECT_THAT(AskedTokens(), ElementsAre("", "1", "2"));
}

TEST_F(WatchTest, AsksTheNextServerWhenOneIsGone) {
  feed_.Expect({.messages = {LiveMessage("1")}});
  const Ran outcome = Watch({"--server", "127.0.0.1:1, " + feed_.address()});
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.err, HasSubstr("trying on"));
  EXPECT_THAT(outcome.err, HasSubstr("the cards are back"));
}

TEST_F(WatchTest, RefusesADamagedStateAndLosesNothing) {
  for (const std::string bytes : {"", "{\"resumeToken\":", "something else"}) {
    std::ofstream(state_, std::ios::binary) << bytes;
    const Ran outcome = Watch({"--state", state_});
    EXPECT_EQ(outcome.code, kExitBadData);
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
    EXPECT_THAT(outcome.err, HasSubstr(state_));
    EXPECT_EQ(Bytes(state_), bytes);
  }
  EXPECT_THAT(feed_.requests(), IsEmpty());
}

TEST_F(WatchTest, RefusesAStateOfAnotherFilterOrDate) {
  feed_.Expect({.messages = {LiveMessage("1")}});
  Watch({"--state", state_, "--tag", "nlp"});
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"--tag", "theory"}, {}, {"--tag", "nlp", "--from", "all"}}) {
    auto words = other;
    words.insert(words.end(), {"--state", state_});
    const Ran outcome = Watch(words);
    EXPECT_EQ(outcome.code, kExitUsage);
    EXPECT_THAT(outcome.err, HasSubstr("another --from or filter"));
  }
  EXPECT_EQ(feed_.requests().size(), 1u);
  EXPECT_EQ(KeptToken(), "1");
}

TEST_F(WatchTest, EndsWhereTheTokenCannotBeKept) {
  feed_.Expect({.messages = {CardMessage("a", "1"), LiveMessage("2")}});
  const Ran outcome = Watch({"--state", folder_ + "/none/state.json"});
  EXPECT_EQ(outcome.code, kExitCannotWrite);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write"));
}

TEST_F(WatchTest, EndsWhereWhatWasAskedIsWrong) {
  feed_.Expect({.end = grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                                    "filter.tags_any: there is no tag \"none\"")});
  const Ran outcome = Watch({"--tag", "none"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_EQ(outcome.err, "paperwire: filter.tags_any: there is no tag \"none\"\n");
  EXPECT_EQ(Watch({"--revised-since", "yesterday"}).code, kExitUsage);
  EXPECT_EQ(Watch({"--server", ","}).code, kExitUsage);
  EXPECT_EQ(feed_.requests().size(), 1u);
}

TEST_F(WatchTest, KeepsNothingThatItCouldNotPrint) {
  // Takes one line and no more.
  class OneLine final : public std::stringbuf {
    int sync() override { return ++lines_ <= 1 ? 0 : -1; }
    int lines_ = 0;
  };
  OneLine buffer;
  std::ostream out(&buffer);
  feed_.Expect({.messages = {CardMessage("a", "1"), CardMessage("b", "2"), LiveMessage("3")}});
  const Ran outcome = Watch({"--state", state_}, &out);
  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(KeptToken(), "1");
}

}  // namespace
}  // namespace paperwire::cli
