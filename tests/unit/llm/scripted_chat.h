#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/llm/chat.h"

namespace paperwire::llm {

// An endpoint that answers as it is told, one answer a call; then as its default. Thread-safe.
class ScriptedChat final : public Chat {
 public:
  explicit ScriptedChat(Endpoint endpoint = {.base_url = "http://127.0.0.1:9/v1",
                                             .model = "tiny",
                                             .input_price = 1,
                                             .output_price = 2})
      : endpoint_(std::move(endpoint)) {}

  const Endpoint& endpoint() const override { return endpoint_; }

  ChatAnswer Ask(const ChatRequest& /*request*/, SchemaMode mode, std::stop_token stop) override {
    std::function<void(std::stop_token)> meanwhile;
    ChatAnswer answer;
    {
      const std::lock_guard lock(mutex_);
      modes_.push_back(mode);
      if (script_.empty()) {
        answer = usual_;
      } else {
        answer = script_.front();
        script_.pop_front();
      }
      meanwhile = meanwhile_;
    }
    if (meanwhile) meanwhile(std::move(stop));
    answer.mode = mode;
    return answer;
  }

  void Then(ChatAnswer answer) {
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(answer));
  }
  void Always(ChatAnswer answer) {
    const std::lock_guard lock(mutex_);
    usual_ = std::move(answer);
  }
  // What is done while a call is under way.
  void Meanwhile(std::function<void(std::stop_token)> meanwhile) {
    const std::lock_guard lock(mutex_);
    meanwhile_ = std::move(meanwhile);
  }
  int calls() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(modes_.size());
  }
  std::vector<SchemaMode> modes() const {
    const std::lock_guard lock(mutex_);
    return modes_;
  }

 private:
  const Endpoint endpoint_;
  mutable std::mutex mutex_;
  std::deque<ChatAnswer> script_;
  ChatAnswer usual_{.outcome = CallOutcome::kAnswered,
                    .content = "{}",
                    .usage = {.input_tokens = 100, .output_tokens = 50}};
  std::function<void(std::stop_token)> meanwhile_;
  std::vector<SchemaMode> modes_;
};

inline ChatAnswer Failed(CallOutcome outcome) { return {.outcome = outcome, .detail = "it broke"}; }

}  // namespace paperwire::llm
