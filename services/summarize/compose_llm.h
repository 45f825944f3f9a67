#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/http/multi_client.h"
#include "libs/llm/caller.h"
#include "libs/llm/endpoint.h"
#include "libs/llm/http_chat.h"
#include "libs/llm/ladder.h"
#include "libs/llm/leases.h"
#include "libs/llm/limiter.h"
#include "libs/llm/redis_store.h"
#include "libs/llm/result_cache.h"
#include "libs/redis/client.h"
#include "libs/service/run.h"
#include "libs/window/window.h"
#include "services/summarize/call_places.h"
#include "services/summarize/caller_asker.h"
#include "services/summarize/config.h"
#include "services/summarize/llm_summarizer.h"

namespace paperwire::summarize {

// All that is needed to ask language models, out of its real parts. Thread-safe.
class LlmRoom {
 public:
  // InvalidArgument: --redis-url is not one. Settings of models that cannot be meant are no error:
  // one line of the log names them, and every card falls back. `context` must outlive it.
  static absl::StatusOr<std::unique_ptr<LlmRoom>> Create(service::Context& context,
                                                         const Config& config);

  const LlmSummarizer& summarizer() const { return *summarizer_; }
  // Where upgrades find the card that is out; null without Redis.
  window::Window* window() { return window_.get(); }
  // Whether a model would be asked now. Asks nobody.
  bool Healthy() const;

 private:
  LlmRoom(service::Context& context, const Config& config);

  absl::Status Connect(service::Context& context, const Config& config);
  void AddModel(service::Context& context, const Config& config, const llm::Endpoint& endpoint);

  http::MultiClient http_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<llm::RedisStore> store_;
  std::unique_ptr<llm::Limiter> limiter_;
  std::unique_ptr<llm::DailyBudget> budget_;
  std::unique_ptr<llm::ResultCache> cache_;
  std::unique_ptr<llm::Ladder> ladder_;
  std::unique_ptr<llm::Leases> leases_;
  std::unique_ptr<llm::LeaseKeeper> keeper_;
  std::unique_ptr<redis::Client> window_client_;
  std::unique_ptr<window::Window> window_;
  // One of each for a model; a deque's elements stay where they are.
  std::deque<llm::HttpChat> chats_;
  std::deque<llm::LadderedChat> laddered_;
  std::deque<llm::Caller> callers_;
  CallPlaces places_;
  std::deque<CallerAsker> askers_;
  std::vector<LlmSummarizer::Model> models_;
  std::unique_ptr<LlmSummarizer> summarizer_;
};

}  // namespace paperwire::summarize
