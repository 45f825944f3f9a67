#include "tests/support/llm/desk.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "fmt/format.h"

namespace paperwire::stand_in {
namespace {

using nlohmann::json;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string Header(const Called& called, const std::string& name) {
  const auto found = called.headers.find(name);
  return found == called.headers.end() ? "" : found->second;
}

// The sender's key, however it is sent.
std::string KeyOf(const Called& called) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string bearer = Header(called, "authorization");
  if (bearer.rfind(kBearer, 0) == 0) return bearer.substr(kBearer.size());
  return Header(called, "x-api-key");
}

}  // namespace

int64_t CallCounts::most_of_one_paper() const {
  int64_t most = 0;
  for (const auto& [title, count] : by_paper) most = std::max(most, count);
  return most;
}

Desk::Desk(LlmEndpointOptions options)
    : keep_requests_(options.keep_requests), manner_(std::move(options.manner)) {}

Reply Desk::Take(const std::string& method, const std::string& path,
                 const std::map<std::string, std::string>& headers, const std::string& body,
                 bool& is_call) {
  is_call = false;
  if (path == "/_control") return Control(method, body);
  const bool open = EndsWith(path, "/chat/completions");
  if (method == "POST" && (open || EndsWith(path, "/messages"))) {
    is_call = true;
    return TakeCall({.path = path, .headers = headers, .body = body},
                    open ? Wire::kOpenAi : Wire::kAnthropic);
  }
  if (method == "GET" && EndsWith(path, "/models")) {
    Reply reply;
    const std::string model = manner().model.empty() ? "stand-in" : manner().model;
    reply.body = json{{"object", "list"}, {"data", {{{"id", model}, {"object", "model"}}}}}.dump();
    return reply;
  }
  return ErrorReply(404, Wire::kOpenAi, "invalid_request_error", "unknown_url",
                    "Invalid URL (" + method + " " + path + ")");
}

Reply Desk::TakeCall(Called called, Wire wire) {
  const json request = json::parse(called.body, nullptr, false);
  const Prompt prompt = ReadPrompt(request);
  called.title = prompt.title;
  const std::string key = KeyOf(called);

  std::optional<Misbehaviour> misbehaviour;
  Manner manner;
  int number = 0;
  int64_t nth = 0;
  {
    const std::lock_guard lock(mutex_);
    nth = ++counts_.by_paper[prompt.title];
    ++counts_.calls;
    counts_.most_in_flight = std::max(counts_.most_in_flight, ++counts_.in_flight);
    misbehaviour = Fitting(request, called, prompt);
    manner = manner_;
    number = ++number_;
    called.fault = misbehaviour ? Name(misbehaviour->fault) : "";
    ++counts_.by_fault[called.fault];
    calls_.push_back(std::move(called));
    while (calls_.size() > keep_requests_) calls_.pop_front();
  }
  Reply reply =
      request.is_object()
          ? MakeReply(request, prompt, wire, key, misbehaviour, manner.tells_usage, number)
          : ErrorReply(400, wire, "invalid_request_error", "", "The body is no JSON.");
  Bill(reply);
  const double spread = static_cast<double>(manner.delay_spread.count()) *
                        Chance(manner.seed + 1, prompt.title, static_cast<int>(nth));
  reply.delay += manner.delay + std::chrono::milliseconds(static_cast<int64_t>(spread));
  return reply;
}

std::optional<Misbehaviour> Desk::Fitting(const json& request, const Called& called,
                                          const Prompt& prompt) {
  const auto always = [](Fault fault, int status = 0) {
    return Misbehaviour{.fault = fault, .times = kAlways, .status = status};
  };
  if (mischief_.has_outage()) return mischief_.Take(manner_, prompt.title, 0);
  if (!manner_.api_key.empty() && KeyOf(called) != manner_.api_key) {
    return always(Fault::kUnauthorized);
  }
  if (!manner_.model.empty() && request.is_object() &&
      request.value("model", json()) != manner_.model) {
    return always(Fault::kNoSuchModel);
  }
  if (prompt.format == "json_schema" && manner_.json_schema_refused != 0) {
    return always(Fault::kJsonSchemaRefused, manner_.json_schema_refused);
  }
  if (prompt.format == "json_object" && manner_.json_object_refused != 0) {
    return always(Fault::kJsonSchemaRefused, manner_.json_object_refused);
  }
  if (manner_.wants_max_completion_tokens && request.is_object() &&
      request.contains("max_tokens")) {
    return always(Fault::kMaxTokensRefused);
  }
  if (manner_.capacity > 0 && counts_.in_flight > manner_.capacity) {
    return always(Fault::kRateLimited);
  }
  return mischief_.Take(manner_, prompt.title, static_cast<int>(counts_.by_paper[prompt.title]));
}

void Desk::CountBytes(size_t bytes) {
  const std::lock_guard lock(mutex_);
  counts_.bytes += static_cast<int64_t>(bytes);
}

void Desk::End(bool left) {
  const std::lock_guard lock(mutex_);
  --counts_.in_flight;
  if (left) ++counts_.left;
}

// A model's work is paid for, whether anybody waits for it or not.
void Desk::Bill(const Reply& reply) {
  if (reply.output_tokens == 0) return;
  const std::lock_guard lock(mutex_);
  ++counts_.answered;
  counts_.input_tokens += reply.input_tokens;
  counts_.output_tokens += reply.output_tokens;
}

void Desk::Misbehave(Misbehaviour misbehaviour) {
  const std::lock_guard lock(mutex_);
  mischief_.Add(std::move(misbehaviour));
}

void Desk::SetOutage(std::optional<Misbehaviour> outage) {
  const std::lock_guard lock(mutex_);
  mischief_.SetOutage(std::move(outage));
}

void Desk::Behave() {
  const std::lock_guard lock(mutex_);
  mischief_.Clear();
}

Manner Desk::manner() const {
  const std::lock_guard lock(mutex_);
  return manner_;
}

void Desk::SetManner(Manner manner) {
  const std::lock_guard lock(mutex_);
  manner_ = std::move(manner);
}

CallCounts Desk::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::vector<Called> Desk::calls() const {
  const std::lock_guard lock(mutex_);
  return {calls_.begin(), calls_.end()};
}

void Desk::Forget() {
  const std::lock_guard lock(mutex_);
  const int64_t in_flight = counts_.in_flight;
  counts_ = CallCounts{.in_flight = in_flight, .most_in_flight = in_flight};
  calls_.clear();
}

}  // namespace paperwire::stand_in
