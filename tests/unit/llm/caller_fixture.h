#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "libs/clock/clock.h"
#include "libs/llm/caller.h"
#include "libs/llm/memory_daily_budget.h"
#include "libs/llm/memory_limiter.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "tests/unit/llm/scripted_chat.h"

namespace paperwire::llm {

// A caller on a scripted endpoint, with everything in memory and a clock that stands still.
class CallerFixture : public testing::Test {
 protected:
  CallerFixture() { Limit({}); }

  // A new caller, and nothing spent.
  void Limit(const DailyLimits& limits) {
    budget_ = std::make_unique<MemoryDailyBudget>(clock_, limits);
    caller_ = std::make_unique<Caller>(Caller::Parts{.chat = chat_,
                                                     .limiter = limiter_,
                                                     .budget = *budget_,
                                                     .clock = clock_,
                                                     .metrics = metrics_},
                                       Caller::Options{.position = "1", .seed = 5});
  }

  CallResult Call(Purpose purpose = Purpose::kNewPaper) {
    return caller_->Call(request_, purpose, stop_.get_token());
  }

  // What /metrics would show of this series; "" when there is none.
  std::string Metric(const std::string& series) const {
    const std::string text = prometheus::TextSerializer().Serialize(metrics_.Collect());
    const size_t at = text.find("\n" + series + " ");
    if (at == std::string::npos) return "";
    const size_t value = at + series.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }

  clock::FakeClock clock_{clock::WallTime{std::chrono::hours(24) * 20'000}};
  prometheus::Registry metrics_;
  std::stop_source stop_;
  ScriptedChat chat_;
  MemoryLimiter limiter_{clock_};
  std::unique_ptr<MemoryDailyBudget> budget_;
  std::unique_ptr<Caller> caller_;
  // 100 + 256 input tokens at the most.
  ChatRequest request_{.user = std::string(200, 'x'), .max_output_tokens = 100};
};

}  // namespace paperwire::llm
