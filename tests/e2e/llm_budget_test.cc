// What a day's budget allows, with several workers: never a call beyond the hard limit, embedded
// cards with their reason beyond the soft one, and no call at all while Redis is away; and the
// wishes for better cards are fulfilled when there is money again.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/support/free_port.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;
using support::WaitUntil;

constexpr int kWorkers = 3;
// US dollars per million tokens: what a token costs in millionths of a dollar.
constexpr int kInputPrice = 1;
constexpr int kOutputPrice = 4;

class LlmBudgetTest : public support::StackTest {
 protected:
  // All of summarize's workers with these settings besides, in place of those that run.
  void StartWorkers(const std::vector<std::string>& settings) {
    StopWorkers();
    for (int i = 0; i < kWorkers; ++i) {
      std::vector<std::string> command = stack().CommandOf("summarize");
      const uint16_t port = support::FreePort();
      *(std::find(command.begin(), command.end(), "--metrics-listen") + 1) =
          fmt::format("127.0.0.1:{}", port);
      for (const std::string& word :
           {std::string("--llm-base-url"), endpoint_.url(), std::string("--llm-model"),
            std::string("m-budget"), std::string("--llm-input-price"), std::to_string(kInputPrice),
            std::string("--llm-output-price"), std::to_string(kOutputPrice)}) {
        command.push_back(word);
      }
      command.insert(command.end(), settings.begin(), settings.end());
      auto process = support::Process::Start(
          {.command = command,
           .environment = {},
           .log = fmt::format("{}/summarize-{}.log", stack().log_folder(), i)});
      ASSERT_TRUE(process.ok()) << process.status();
      workers_.push_back({.port = port, .process = *std::move(process)});
    }
    for (const Worker& worker : workers_) {
      EXPECT_TRUE(WaitUntil(seconds(60), [&] {
        return support::HttpGet(worker.port, "/readyz").status == 200;
      })) << "a worker does not become ready";
    }
  }
  void StopWorkers() {
    for (const Worker& worker : workers_) worker.process->Signal(SIGTERM);
    for (const Worker& worker : workers_) EXPECT_EQ(worker.process->Wait(seconds(60)), 0);
    workers_.clear();
  }
  void StartRest() {
    for (const char* name : {"classify", "serve"}) {
      ASSERT_TRUE(stack().StartService(name).ok());
      ASSERT_TRUE(stack().WaitUntilReady(name, seconds(60)).ok());
    }
  }

  void Feed(int first, int count) {
    const clock::SystemClock clock;
    std::vector<bus::Message> messages;
    for (int number = first; number < first + count; ++number) {
      messages.push_back(events::Encode(events::kNewPaper, source_.MakeNew(number),
                                        {.service = "ingest", .configuration = "test"}, clock));
    }
    ASSERT_TRUE(stack().Publish(std::move(messages)).ok());
  }

  // What readers see, by the reason for falling back; "llm": a model's card.
  std::map<std::string, int> Served() {
    std::map<std::string, int> cards;
    const auto entries = stack().feed().ListAll(v1::ENTRY_VIEW_FULL);
    if (!entries.ok()) return cards;
    for (const v1::Entry& entry : *entries) ++cards[KindOf(entry.summary().provenance())];
    return cards;
  }
  // The same of the first card of each paper on the topic.
  std::map<std::string, int> Published() {
    std::map<std::string, int> cards;
    const auto records = stack().Records(std::string(events::kSummarized));
    EXPECT_TRUE(records.ok()) << records.status();
    if (!records.ok()) return cards;
    for (const bus::Message& record : *records) {
      v1::SummarizedPaper card;
      EXPECT_TRUE(events::Decode(record, card).ok());
      ++cards[KindOf(card.summary().provenance())];
    }
    return cards;
  }
  static std::string KindOf(const v1::Provenance& provenance) {
    if (provenance.summarizer() == v1::SUMMARIZER_KIND_LLM) return "llm";
    return v1::FallbackReason_Name(provenance.fallback_reason());
  }

  // Of all workers.
  double Metric(const std::string& series) {
    double sum = 0;
    for (const Worker& worker : workers_) {
      const std::string text = support::HttpGet(worker.port, "/metrics").body;
      const size_t at = text.find("\n" + series + " ");
      if (at != std::string::npos) sum += std::stod(text.substr(at + series.size() + 2));
    }
    return sum;
  }
  // What the endpoint would bill, in millionths of a dollar.
  int64_t Billed() const {
    const auto counts = endpoint_.counts();
    return counts.input_tokens * kInputPrice + counts.output_tokens * kOutputPrice;
  }

  support::PaperSource source_{"2026-06-24"};
  stand_in::LlmEndpoint endpoint_;

 private:
  struct Worker {
    uint16_t port = 0;
    std::unique_ptr<support::Process> process;
  };
  std::vector<Worker> workers_;
};

constexpr char kExhausted[] = "FALLBACK_REASON_BUDGET_EXHAUSTED";
constexpr char kUnknown[] = "FALLBACK_REASON_BUDGET_UNKNOWN";

TEST_F(LlmBudgetTest, NoNumberOfWorkersSpendsMoreThanTheHardLimit) {
  constexpr int kPapers = 120;
  constexpr int64_t kLimit = 60'000;
  ASSERT_NO_FATAL_FAILURE(StartRest());
  ASSERT_NO_FATAL_FAILURE(
      StartWorkers({"--llm-daily-dollars", "0.06", "--llm-daily-dollars-hard", "0.06"}));
  Feed(1, kPapers);
  EXPECT_TRUE(stack().WaitForCount(kPapers, seconds(90)));
  auto served = Served();
  std::printf("FAULT=llm-budget-hard %d by the model, %d embedded; %ld of %ld millionths spent\n",
              served["llm"], served[kExhausted], Billed(), kLimit);
  EXPECT_LE(Billed(), kLimit);
  EXPECT_GT(Billed(), kLimit / 4);
  EXPECT_GT(served["llm"], 0);
  EXPECT_GT(served[kExhausted], 0);
  EXPECT_EQ(served["llm"] + served[kExhausted], kPapers);
  EXPECT_NEAR(Metric("paperwire_summarize_llm_cost_dollars_total{endpoint=\"1\"}") * 1e6,
              static_cast<double>(Billed()), 1);

  // Another day, or more money: all wishes are fulfilled, and nothing is paid for twice.
  ASSERT_NO_FATAL_FAILURE(StartWorkers({"--llm-daily-dollars", "100"}));
  EXPECT_TRUE(WaitUntil(seconds(90), [&] { return Served()["llm"] == kPapers; }))
      << Served()["llm"] << " by the model";
  EXPECT_LE(endpoint_.counts().calls, kPapers * 101 / 100);
}

TEST_F(LlmBudgetTest, BeyondTheSoftLimitEmbeddedCardsGoOutAtOnceWithTheReason) {
  constexpr int kPapers = 80;
  ASSERT_NO_FATAL_FAILURE(StartRest());
  ASSERT_NO_FATAL_FAILURE(
      StartWorkers({"--llm-daily-dollars", "0.04", "--llm-daily-dollars-hard", "10"}));
  Feed(1, kPapers);
  EXPECT_TRUE(stack().WaitForCount(kPapers, seconds(90)));
  auto served = Served();
  std::printf("FAULT=llm-budget-soft %d by the model, %d embedded; %ld millionths spent\n",
              served["llm"], served[kExhausted], Billed());
  EXPECT_GT(served["llm"], 0);
  EXPECT_GT(served[kExhausted], 0);
  EXPECT_EQ(served["llm"] + served[kExhausted], kPapers);
  EXPECT_LE(Billed(), 40'000);
  EXPECT_GT(Metric("paperwire_summarize_llm_refusals_total{endpoint=\"1\",reason=\"budget-soft\"}"),
            0);
  EXPECT_EQ(Metric("paperwire_summarize_llm_refusals_total{endpoint=\"1\",reason=\"budget-hard\"}"),
            0);
}

TEST_F(LlmBudgetTest, WhileRedisIsAwayNoCallIsMadeAndCardsSayWhy) {
  constexpr int kPapers = 40;
  ASSERT_NO_FATAL_FAILURE(StartRest());
  ASSERT_NO_FATAL_FAILURE(StartWorkers({"--llm-daily-dollars", "100"}));
  ASSERT_TRUE(stack().StopRedis().ok());
  Feed(1, kPapers);
  EXPECT_TRUE(WaitUntil(seconds(90), [&] {
    return stack().RecordCount(std::string(events::kSummarized)) >= kPapers;
  })) << "cards wait for Redis";
  std::printf("FAULT=llm-redis-away %d embedded, %ld calls\n", Published()[kUnknown],
              endpoint_.counts().calls);
  EXPECT_EQ(Published()[kUnknown], kPapers);
  EXPECT_EQ(endpoint_.counts().calls, 0);

  ASSERT_TRUE(stack().ResumeRedis().ok());
  EXPECT_TRUE(stack().WaitForCount(kPapers, seconds(90)));
  EXPECT_TRUE(WaitUntil(seconds(90), [&] { return Served()["llm"] == kPapers; }))
      << Served()["llm"] << " by the model";
  EXPECT_LE(endpoint_.counts().calls, kPapers * 101 / 100);
}

}  // namespace
}  // namespace paperwire
