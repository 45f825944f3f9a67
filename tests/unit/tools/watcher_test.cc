#include "tools/paperwire/watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "absl/strings/cord.h"

namespace paperwire::cli {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::WatchPapersResponse Message(const std::string& id, const std::string& token) {
  v1::WatchPapersResponse message;
  message.mutable_entry()->mutable_paper()->set_arxiv_id(id);
  message.set_resume_token(token);
  return message;
}

// A google.rpc.RetryInfo of whole seconds, as it stands in an error's details.
absl::Status RetryIn(int seconds) {
  absl::Status status = absl::UnavailableError("draining");
  const std::string delay = {0x0a, 0x02, 0x08, static_cast<char>(seconds)};
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo", absl::Cord(delay));
  return status;
}

// Notes what it is told, as one word each.
class NotingReader final : public Watcher::Reader {
 public:
  absl::Status Take(const v1::WatchPapersResponse& message) override {
    told.push_back(message.entry().paper().arxiv_id());
    return told.back() == enough_at ? enough : absl::OkStatus();
  }
  absl::Status StartOver(const v1::WatchPapersRequest& request, const absl::Status&) override {
    told.push_back("restart from " + request.announced_from());
    return absl::OkStatus();
  }
  void Lost(const absl::Status&) override { told.emplace_back("lost"); }
  void Found() override { told.emplace_back("found"); }

  std::vector<std::string> told;
  std::string enough_at;
  absl::Status enough = absl::CancelledError("enough");
};

class WatcherTest : public testing::Test {
 protected:
  struct Script {
    std::vector<v1::WatchPapersResponse> messages;
    absl::Status end;
  };

  // Runs until the script is over.
  absl::Status Run(std::vector<Script> script, v1::WatchPapersRequest request = {},
                   Watcher::Settings settings = {}) {
    if (settings.random == nullptr) settings.random = [] { return 1.0; };
    std::deque<Script> left(script.begin(), script.end());
    std::stop_source over;
    const Watcher::Stream stream = [&](const v1::WatchPapersRequest& asked, int tries,
                                       const Watcher::Take& take, std::stop_token) {
      asked_.push_back(asked);
      tries_.push_back(tries);
      at_.push_back(
          std::chrono::duration_cast<milliseconds>(clock_.SteadyNow().time_since_epoch()).count());
      if (left.empty()) {
        over.request_stop();
        return absl::CancelledError("stopped");
      }
      const Script now = left.front();
      left.pop_front();
      for (const auto& message : now.messages) {
        const absl::Status taken = take(message);
        if (!taken.ok()) return taken;
      }
      return now.end;
    };
    Watcher watcher(settings, stream, reader_, clock_);
    return watcher.Run(std::move(request), over.get_token());
  }

  std::vector<std::string> Tokens() const {
    std::vector<std::string> tokens;
    for (const auto& request : asked_) tokens.push_back(request.resume_token());
    return tokens;
  }

  clock::FakeClock clock_{clock::WallTime{}};
  NotingReader reader_;
  std::vector<v1::WatchPapersRequest> asked_;
  std::vector<int> tries_;
  std::vector<int64_t> at_;
};

TEST_F(WatcherTest, GoesOnWithTheLastTokenAfterEveryEndOfAStream) {
  EXPECT_TRUE(Run({{{Message("a", "1"), Message("b", "2")}, absl::UnavailableError("cut")},
                   {{Message("c", "3")}, absl::OkStatus()},
                   {{Message("d", "4")}, absl::ResourceExhaustedError("slow")},
                   {{Message("e", "5")}, absl::InternalError("proxy")}})
                  .ok());

  EXPECT_THAT(reader_.told, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(Tokens(), ElementsAre("", "2", "3", "4", "5"));
  EXPECT_THAT(tries_, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(WatcherTest, KeepsTheTokenThatItWasStartedWithUntilAnotherComes) {
  v1::WatchPapersRequest request;
  request.set_resume_token("old");
  request.set_announced_from("2026-06-01");
  EXPECT_TRUE(Run({{{}, absl::UnavailableError("cut")}}, request).ok());
  EXPECT_THAT(Tokens(), ElementsAre("old", "old"));
  EXPECT_EQ(asked_.back().announced_from(), "2026-06-01");
}

TEST_F(WatcherTest, StartsOverAtOnceWhenItsTokenIsLost) {
  v1::WatchPapersRequest request;
  request.set_announced_from("2026-06-01");
  request.mutable_filter()->add_tags_any("nlp");
  EXPECT_TRUE(Run({{{Message("a", "1")}, absl::OutOfRangeError("another window")},
                   {{Message("a", "x1")}, absl::UnavailableError("cut")}},
                  request)
                  .ok());
  EXPECT_THAT(reader_.told, ElementsAre("a", "restart from 2026-06-01", "a"));
  EXPECT_THAT(Tokens(), ElementsAre("", "", "x1"));
  EXPECT_EQ(at_[1], at_[0]);
  EXPECT_EQ(asked_[1].filter().tags_any_size(), 1);
}

TEST_F(WatcherTest, AsksForTheWholeWindowWhenItStartsOverWithoutADate) {
  EXPECT_TRUE(Run({{{Message("a", "1")}, absl::OutOfRangeError("another window")}}).ok());
  EXPECT_THAT(reader_.told, ElementsAre("a", std::string("restart from ") + kFirstDay));
  EXPECT_EQ(asked_[0].announced_from(), "");
  EXPECT_EQ(asked_[1].announced_from(), kFirstDay);
}

TEST_F(WatcherTest, PausesBeforeItStartsOverAgainAndAgain) {
  v1::WatchPapersRequest request;
  request.set_resume_token("old");
  EXPECT_TRUE(Run({{{}, absl::OutOfRangeError("no")},
                   {{}, absl::OutOfRangeError("no")},
                   {{}, absl::OutOfRangeError("no")}},
                  request)
                  .ok());
  // Said once: the second time there was nothing to lose.
  EXPECT_THAT(reader_.told, ElementsAre(std::string("restart from ") + kFirstDay, "lost"));
  EXPECT_EQ(at_[1], at_[0]);
  EXPECT_GT(at_[2], at_[1]);
  EXPECT_GT(at_[3], at_[2]);
}

TEST_F(WatcherTest, ThePausesGrowUpToALimitAndBeginAnewWithTheNextMessage) {
  std::vector<Script> script(8, {{}, absl::UnavailableError("away")});
  script.push_back({{Message("a", "1")}, absl::UnavailableError("away")});
  EXPECT_TRUE(Run(script).ok());

  std::vector<int64_t> pauses;
  for (size_t i = 1; i < at_.size(); ++i) pauses.push_back(at_[i] - at_[i - 1]);
  EXPECT_THAT(pauses, ElementsAre(250, 500, 1000, 2000, 4000, 8000, 15000, 15000, 250));
}

TEST_F(WatcherTest, LeavesHalfOfAPauseToChance) {
  EXPECT_TRUE(Run({{{}, absl::UnavailableError("away")}}, {}, {.random = [] { return 0.0; }}).ok());
  EXPECT_EQ(at_[1], 125);
}

TEST_F(WatcherTest, WaitsAsLongAsTheServerSaidAndNeverLess) {
  EXPECT_TRUE(Run({{{}, RetryIn(40)}}, {}, {.random = [] { return 0.0; }}).ok());
  EXPECT_EQ(at_[1], 40000);
  asked_.clear();
  at_.clear();
  const int64_t before = 40000;
  EXPECT_TRUE(Run({{{}, RetryIn(40)}}).ok());
  EXPECT_EQ(at_[1] - before, 50000);
}

TEST_F(WatcherTest, EndsWhenWhatWasAskedIsWrong) {
  const absl::Status end = Run({{{Message("a", "1")}, absl::UnavailableError("cut")},
                                {{}, absl::InvalidArgumentError("filter.tags_any: no such tag")}});
  EXPECT_EQ(end, absl::InvalidArgumentError("filter.tags_any: no such tag"));
  EXPECT_EQ(asked_.size(), 2u);
}

TEST_F(WatcherTest, EndsWhereItWasNeverLetIn) {
  for (const absl::Status& refusal :
       {absl::UnauthenticatedError("no"), absl::UnimplementedError("no"),
        absl::PermissionDeniedError("no")}) {
    asked_.clear();
    EXPECT_EQ(Run({{{}, refusal}}), refusal);
    EXPECT_EQ(asked_.size(), 1u);
  }
}

TEST_F(WatcherTest, TriesOnWhereItWasLetInBefore) {
  EXPECT_TRUE(Run({{{Message("a", "1")}, absl::UnauthenticatedError("the file is being replaced")},
                   {{Message("b", "2")}, absl::OkStatus()}})
                  .ok());
  EXPECT_THAT(reader_.told, ElementsAre("a", "b"));
}

TEST_F(WatcherTest, SaysOnceThatThereIsNoFeedAndOnceThatItIsBack) {
  const absl::Status away = absl::UnavailableError("away");
  EXPECT_TRUE(
      Run({{{Message("a", "1")}, away}, {{}, away}, {{}, away}, {{Message("b", "2")}, away}}).ok());
  EXPECT_THAT(reader_.told, ElementsAre("a", "lost", "found", "b"));
}

TEST_F(WatcherTest, GivesUpAfterTheTimeThatItWasGiven) {
  std::vector<Script> script(100, {{}, absl::UnavailableError("away")});
  const absl::Status end =
      Run(script, {}, {.give_up = std::chrono::seconds(10), .random = [] { return 1.0; }});
  EXPECT_EQ(end, absl::UnavailableError("away"));
  EXPECT_GE(at_.back(), 10000);
  EXPECT_LT(asked_.size(), 20u);
}

TEST_F(WatcherTest, EndsWellWhenTheReaderHasEnoughAndKeepsNothingBehindIt) {
  reader_.enough_at = "b";
  EXPECT_TRUE(
      Run({{{Message("a", "1"), Message("b", "2"), Message("c", "3")}, absl::OkStatus()}}).ok());
  EXPECT_THAT(reader_.told, ElementsAre("a", "b"));
  EXPECT_EQ(asked_.size(), 1u);

  reader_.enough = absl::FailedPreconditionError("disk full");
  EXPECT_EQ(Run({{{Message("b", "2")}, absl::OkStatus()}}), reader_.enough);
}

TEST_F(WatcherTest, AsksNothingMoreOnceItIsStoppedInAPause) {
  std::stop_source stop;
  Watcher watcher(
      {.first_pause = milliseconds(1),
       .random =
           [&stop] {
             stop.request_stop();
             return 0.0;
           }},
      [this](const v1::WatchPapersRequest& request, int, const Watcher::Take&, std::stop_token) {
        asked_.push_back(request);
        return absl::UnavailableError("away");
      },
      reader_, clock_);
  EXPECT_TRUE(watcher.Run({}, stop.get_token()).ok());
  EXPECT_EQ(asked_.size(), 1u);
}

}  // namespace
}  // namespace paperwire::cli
