// Workers of summarize that are stopped or killed with calls to a language model under way: nothing
// is lost, nothing is suspect, and what is paid for is not paid for again.
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/topics.h"
#include "paperwire/v1/events.pb.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitUntil;

constexpr int kCalls = 16;
constexpr int kPapers = 40;

class LlmStopTest : public support::StackTest {
 protected:
  std::unique_ptr<support::Process> StartWorker(const std::string& grace) {
    auto command = stack().CommandOf("summarize");
    command.insert(command.end(), {"--grace", grace, "--llm-base-url", endpoint_.url(),
                                   "--llm-model", "m", "--llm-concurrency", std::to_string(kCalls),
                                   "--llm-total-concurrency", std::to_string(kCalls)});
    auto worker = support::Process::Start({.command = std::move(command),
                                           .environment = {},
                                           .log = stack().log_folder() + "/summarize.log"});
    EXPECT_TRUE(worker.ok()) << worker.status();
    return *std::move(worker);
  }

  void Publish(int count) {
    const clock::SystemClock clock;
    std::vector<bus::Message> messages;
    for (int i = 0; i < count; ++i) {
      messages.push_back(source_.MakeRecord(events::kNewPaper, ++published_, clock));
    }
    const absl::Status status = stack().Publish(std::move(messages));
    ASSERT_TRUE(status.ok()) << status;
  }

  // Papers that have a card by the model.
  int ByModel() {
    const auto records = stack().Records("summarized");
    if (!records.ok()) return -1;
    std::set<std::string> papers;
    for (const bus::Message& record : *records) {
      v1::SummarizedPaper summarized;
      if (summarized.ParseFromString(record.value) &&
          summarized.summary().provenance().summarizer() == v1::SUMMARIZER_KIND_LLM) {
        papers.insert(record.key);
      }
    }
    return static_cast<int>(papers.size());
  }

  // The limit of calls grows with answers; then all of them are slow.
  void FillWithSlowCalls(milliseconds delay) {
    ASSERT_NO_FATAL_FAILURE(Publish(kPapers));
    ASSERT_TRUE(WaitUntil(seconds(60), [&] { return ByModel() == published_; }));
    endpoint_.SetManner({.delay = delay});
    ASSERT_NO_FATAL_FAILURE(Publish(kPapers));
    ASSERT_TRUE(WaitUntil(seconds(60), [&] { return endpoint_.counts().in_flight == kCalls; }))
        << endpoint_.counts().in_flight;
  }

  // What the crash markers say, of all partitions.
  std::string Markers() {
    std::string markers;
    const auto keys = stack().redis_client().Call({"KEYS", "pw:{paperwire-summarize}:hand:*"});
    if (!keys.ok()) return keys.status().ToString();
    for (const redis::Reply& key : keys->elements) {
      const auto fields = stack().redis_client().Call({"HKEYS", key.text});
      if (!fields.ok()) return fields.status().ToString();
      for (const redis::Reply& field : fields->elements) {
        if (field.text != "owner") markers += key.text + " " + field.text + "\n";
      }
    }
    return markers;
  }

  void ExpectNothingLost() {
    EXPECT_TRUE(WaitUntil(seconds(90), [&] { return ByModel() == published_; })) << ByModel();
    EXPECT_EQ(stack().RecordCount("new-paper.dlq"), 0);
    EXPECT_EQ(stack().RecordCount("new-paper.retry.30s"), 0);
    EXPECT_EQ(stack().RecordCount("new-paper.upgrade"), 0);
    EXPECT_TRUE(WaitUntil(seconds(10), [&] { return Markers().empty(); })) << Markers();
  }

  stand_in::LlmEndpoint endpoint_;
  support::PaperSource source_{"2026-06-24"};
  int published_ = 0;
};

TEST_F(LlmStopTest, AStopFinishesTheCallsThatAreUnderWayAndBeginsNoMore) {
  auto worker = StartWorker("30s");
  ASSERT_NO_FATAL_FAILURE(FillWithSlowCalls(seconds(4)));
  const int64_t calls = endpoint_.counts().calls;
  support::Stopwatch drain;
  EXPECT_EQ(worker->Terminate(seconds(35)), 0) << worker->Output();
  std::printf("SIGTERM with %d calls of 4 s under way: %.1f s\n", kCalls, drain.seconds());
  EXPECT_EQ(endpoint_.counts().calls, calls);
  EXPECT_EQ(endpoint_.counts().left, 0) << "calls that were paid for and given up";
  EXPECT_EQ(ByModel(), static_cast<int>(calls));

  endpoint_.SetManner({});
  worker = StartWorker("30s");
  ExpectNothingLost();
  EXPECT_EQ(endpoint_.counts().calls, published_) << "each paper once";
  EXPECT_EQ(worker->Terminate(seconds(35)), 0) << worker->Output();
}

TEST_F(LlmStopTest, CallsThatOutlastTheGraceAreGivenUpInTimeAndMadeAgain) {
  auto worker = StartWorker("9s");
  ASSERT_NO_FATAL_FAILURE(FillWithSlowCalls(seconds(50)));
  EXPECT_EQ(worker->Terminate(seconds(15)), 0) << worker->Output();
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return endpoint_.counts().in_flight == 0; }));
  EXPECT_EQ(endpoint_.counts().left, kCalls);
  EXPECT_EQ(Markers(), "");

  endpoint_.SetManner({});
  worker = StartWorker("30s");
  ExpectNothingLost();
  EXPECT_EQ(endpoint_.counts().calls, published_ + kCalls);
  EXPECT_EQ(worker->Terminate(seconds(35)), 0) << worker->Output();
}

TEST_F(LlmStopTest, AKilledWorkerLeavesNoSuspectsAmongItsCalls) {
  auto worker = StartWorker("30s");
  ASSERT_NO_FATAL_FAILURE(FillWithSlowCalls(seconds(50)));
  EXPECT_TRUE(WaitUntil(seconds(10), [&] { return Markers().empty(); })) << Markers();
  worker->KillNow();
  endpoint_.SetManner({});
  worker = StartWorker("30s");
  ExpectNothingLost();
  EXPECT_EQ(worker->Output().find("in hand when a worker died"), std::string::npos);
  EXPECT_LE(endpoint_.counts().calls, published_ + kCalls);
  EXPECT_EQ(worker->Terminate(seconds(35)), 0) << worker->Output();
}

}  // namespace
}  // namespace paperwire
