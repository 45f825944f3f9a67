#include "libs/llm/http_chat.h"

#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "libs/llm/response.h"

namespace paperwire::llm {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

// As many parameters as a Dialect has, and the call that succeeds.
constexpr int kMostTries = 3;

absl::StatusOr<http::FetchResponse> Fetch(http::MultiClient& client, http::FetchRequest request) {
  auto done = std::make_shared<std::promise<absl::StatusOr<http::FetchResponse>>>();
  auto response = done->get_future();
  client.Start(std::move(request), [done](absl::StatusOr<http::FetchResponse> whole) {
    done->set_value(std::move(whole));
  });
  return response.get();
}

// What became of a call that brought no answer.
void ReadStatus(const absl::Status& status, const ChatRequest& request, ChatAnswer& answer) {
  answer.detail = std::string(status.message());
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      answer.outcome = CallOutcome::kTimeout;
      break;
    case absl::StatusCode::kResourceExhausted:
      answer.outcome = CallOutcome::kTooLarge;
      break;
    case absl::StatusCode::kCancelled:
      answer.outcome = CallOutcome::kCancelled;
      break;
    case absl::StatusCode::kAborted:
      answer.outcome = CallOutcome::kUnreachable;
      break;
    case absl::StatusCode::kDataLoss:
      answer.outcome = CallOutcome::kNotAnEndpoint;
      return;
    default:
      answer.outcome = CallOutcome::kUnreachable;
      return;
  }
  // The model may write on, and be paid for it.
  answer.usage = UnknownUsage(request);
}

}  // namespace

HttpChat::HttpChat(Endpoint endpoint, http::MultiClient& client, Timeouts timeouts,
                   const clock::Clock& clock)
    : endpoint_(std::move(endpoint)),
      client_(client),
      timeouts_(timeouts),
      clock_(clock),
      wire_(WireOf(endpoint_.format)) {}

ChatAnswer HttpChat::Ask(const ChatRequest& request, SchemaMode mode, std::stop_token stop) {
  ChatAnswer answer;
  for (int i = 0; i < kMostTries; ++i) {
    answer = ChatAnswer{.mode = wire_.ModeOf(mode)};
    const clock::SteadyTime begin = clock_.SteadyNow();
    const bool again = AskOnce(request, stop, answer);
    answer.latency = std::chrono::ceil<milliseconds>(clock_.SteadyNow() - begin);
    if (!again) break;
  }
  return answer;
}

bool HttpChat::AskOnce(const ChatRequest& request, const std::stop_token& stop,
                       ChatAnswer& answer) {
  Dialect spoken = dialect();
  const Json body = wire_.Body(endpoint_.model, request, answer.mode, spoken);
  http::FetchRequest call{.url = endpoint_.base_url + wire_.Path(),
                          .method = "POST",
                          .body = body.dump(-1, ' ', false, Json::error_handler_t::replace),
                          .headers = wire_.Headers(endpoint_),
                          .connect_timeout = timeouts_.connect,
                          .first_byte_timeout = timeouts_.first_byte,
                          .total_timeout = timeouts_.total,
                          .max_body_bytes = timeouts_.max_body_bytes,
                          .stop = stop};
  const absl::StatusOr<http::FetchResponse> response = Fetch(client_, std::move(call));
  if (!response.ok()) {
    ReadStatus(response.status(), request, answer);
    return false;
  }
  const bool learned = ReadResponse(*response, endpoint_, request, clock_.Now(), spoken, answer);
  if (learned) Remember(spoken);
  return learned;
}

Dialect HttpChat::dialect() {
  std::lock_guard lock(mutex_);
  return dialect_;
}

void HttpChat::Remember(const Dialect& dialect) {
  std::lock_guard lock(mutex_);
  dialect_.completion_tokens = dialect_.completion_tokens || dialect.completion_tokens;
  dialect_.no_temperature = dialect_.no_temperature || dialect.no_temperature;
}

}  // namespace paperwire::llm
