#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "libs/clock/clock.h"
#include "libs/http/multi_client.h"
#include "libs/llm/chat.h"
#include "libs/llm/wire.h"

namespace paperwire::llm {

// How long a call may take, and how much it may bring.
struct Timeouts {
  std::chrono::milliseconds connect{5000};
  // Endpoints that do not stream send nothing before the answer is whole.
  std::chrono::milliseconds first_byte{30000};
  std::chrono::milliseconds total{60000};
  // Of the unpacked answer.
  size_t max_body_bytes = 256u << 10;
};

// The Chat over HTTP. Thread-safe.
//
// It asks again in one case only: where the endpoint refuses the name of a parameter, which costs
// nothing and is remembered. What it returns holds neither the prompt nor the key, `content` and
// `refusal` aside, which are the model's. Where the endpoint does not say what was used, or was
// still at it when the call ended, `usage` is an estimate on the high side.
class HttpChat final : public Chat {
 public:
  // `client` and `clock` must outlive this.
  HttpChat(Endpoint endpoint, http::MultiClient& client, Timeouts timeouts,
           const clock::Clock& clock);

  const Endpoint& endpoint() const override { return endpoint_; }
  ChatAnswer Ask(const ChatRequest& request, SchemaMode mode, std::stop_token stop) override;

 private:
  // Whether the endpoint taught something about itself, so that asking again may help.
  bool AskOnce(const ChatRequest& request, const std::stop_token& stop, ChatAnswer& answer);
  Dialect dialect();
  void Remember(const Dialect& dialect);

  const Endpoint endpoint_;
  http::MultiClient& client_;
  const Timeouts timeouts_;
  const clock::Clock& clock_;
  const Wire& wire_;

  std::mutex mutex_;
  Dialect dialect_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::llm
