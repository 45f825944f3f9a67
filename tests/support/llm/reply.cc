#include "tests/support/llm/reply.h"

#include <nlohmann/json.hpp>

#include "fmt/format.h"
#include "tests/support/gzip.h"
#include "tests/support/llm/card.h"

namespace paperwire::stand_in {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kBlock = 64u << 10;

std::string_view FinishReason(Fault fault, Wire wire) {
  const bool open = wire == Wire::kOpenAi;
  switch (fault) {
    case Fault::kLength:
    case Fault::kWhitespace:
    case Fault::kThinkOnly:
    case Fault::kRubbish:
      return open ? "length" : "max_tokens";
    case Fault::kContentFilter:
      return open ? "content_filter" : "refusal";
    case Fault::kRefusal:
      return open ? "stop" : "refusal";
    default:
      return open ? "stop" : "end_turn";
  }
}

ordered_json OpenAi(const json& model, Fault fault, const std::string& content, const Reply& reply,
                    bool tells_usage, int number) {
  ordered_json message = {{"role", "assistant"}, {"content", content}, {"refusal", nullptr}};
  if (fault == Fault::kRefusal) {
    message["content"] = nullptr;
    message["refusal"] = "I'm sorry, I cannot assist with that request.";
  }
  if (fault == Fault::kNoContent) message["content"] = nullptr;
  ordered_json body = {{"id", fmt::format("chatcmpl-{}", number)},
                       {"object", "chat.completion"},
                       {"created", 1750000000 + number},
                       {"model", model},
                       {"choices",
                        {{{"index", 0},
                          {"message", message},
                          {"logprobs", nullptr},
                          {"finish_reason", FinishReason(fault, Wire::kOpenAi)}}}}};
  if (tells_usage) {
    body["usage"] = {{"prompt_tokens", reply.input_tokens},
                     {"completion_tokens", reply.output_tokens},
                     {"total_tokens", reply.input_tokens + reply.output_tokens}};
  }
  return body;
}

ordered_json Anthropic(const json& model, Fault fault, const std::string& content,
                       const Reply& reply, bool tells_usage, int number) {
  ordered_json parts = ordered_json::array();
  if (!content.empty()) parts.push_back({{"type", "text"}, {"text", content}});
  ordered_json body = {{"id", fmt::format("msg_{}", number)},
                       {"type", "message"},
                       {"role", "assistant"},
                       {"model", model},
                       {"content", parts},
                       {"stop_reason", FinishReason(fault, Wire::kAnthropic)},
                       {"stop_sequence", nullptr}};
  if (tells_usage) {
    body["usage"] = {{"input_tokens", reply.input_tokens}, {"output_tokens", reply.output_tokens}};
  }
  return body;
}

Reply Refused(const Misbehaviour& misbehaviour, Wire wire, const std::string& key,
              const json& request) {
  const auto error = [&](int status, const std::string& type, const std::string& code,
                         const std::string& message) {
    return ErrorReply(misbehaviour.status == 0 ? status : misbehaviour.status, wire, type, code,
                      message);
  };
  switch (misbehaviour.fault) {
    case Fault::kRateLimited:
      return error(429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached.");
    case Fault::kQuotaExhausted:
      return error(429, "insufficient_quota", "insufficient_quota",
                   "You exceeded your current quota, please check your plan and billing details.");
    case Fault::kServerError:
      return error(500, "server_error", "", "The server had an error while processing.");
    case Fault::kOverloaded:
      return error(503, "overloaded_error", "", "The engine is currently overloaded.");
    case Fault::kRequestTimeout:
      return error(408, "timeout", "", "The request took too long.");
    case Fault::kUnauthorized:
      return error(401, "authentication_error", "invalid_api_key", "Incorrect API key provided.");
    case Fault::kForbidden:
      return error(403, "permission_error", "", "Your project may not use this.");
    case Fault::kNoSuchModel:
      return error(404, "invalid_request_error", "model_not_found", "The model does not exist.");
    case Fault::kBadRequest:
      return error(400, "invalid_request_error", "context_length_exceeded",
                   "This model's maximum context length is 128 tokens.");
    case Fault::kJsonSchemaRefused:
      return error(400, "invalid_request_error", "",
                   "'response_format.type' : value is not one of the allowed values ['text']");
    case Fault::kEchoedSecrets:
      return error(400, "invalid_request_error", "",
                   "Key " + key + " sent: " + request.value("messages", json()).dump());
    default:
      return error(400, "invalid_request_error", "unsupported_parameter",
                   "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                   "'max_completion_tokens' instead.");
  }
}

Reply Odd(const Misbehaviour& misbehaviour) {
  Reply reply;
  switch (misbehaviour.fault) {
    case Fault::kRedirect:
      reply.status = 302;
      reply.headers = {{"Location", "http://example.invalid/v1/chat/completions"}};
      break;
    case Fault::kHtml:
      reply.content_type = "text/html; charset=utf-8";
      reply.body = "<!doctype html><title>Welcome</title><h1>It works!</h1>\n";
      break;
    case Fault::kWrongJson:
      reply.body = R"({"status": "ok", "version": "1.0"})";
      break;
    case Fault::kDeepJson:
      reply.body = std::string(10000, '[') + std::string(10000, ']');
      break;
    case Fault::kReset:
      reply.how = Reply::How::kReset;
      break;
    case Fault::kHang:
      reply.how = Reply::How::kNothing;
      break;
    case Fault::kHuge:
      reply.how = Reply::How::kEndless;
      reply.bytes = misbehaviour.bytes;
      reply.body = std::string(kBlock, 'x');
      break;
    case Fault::kGzipBomb:
      reply.headers = {{"Content-Encoding", "gzip"}};
      reply.body = support::Gzip(std::string(misbehaviour.bytes, ' '));
      break;
    default:
      reply.how = Reply::How::kEndless;
      reply.body = std::string(kBlock, '\n');
  }
  return reply;
}

// Of what was answered well, what arrives.
void Spoil(const Misbehaviour& misbehaviour, Reply& reply) {
  switch (misbehaviour.fault) {
    case Fault::kTruncatedJson:
      reply.body.resize(reply.body.size() / 2);
      break;
    case Fault::kCut:
      reply.how = Reply::How::kCut;
      break;
    case Fault::kHangAfterHeaders:
      reply.how = Reply::How::kHeadOnly;
      break;
    case Fault::kDrip:
      reply.how = Reply::How::kDrip;
      reply.pause = misbehaviour.pause;
      break;
    case Fault::kBadUtf8: {
      constexpr std::string_view kMark = "\\\"tldr";
      const size_t at = reply.body.find(kMark);
      if (at != std::string::npos) reply.body.insert(at + kMark.size(), "\xff\xfe\xc0");
      break;
    }
    default:
      break;
  }
}

}  // namespace

Reply ErrorReply(int status, Wire wire, const std::string& type, const std::string& code,
                 const std::string& message) {
  Reply reply;
  reply.status = status;
  ordered_json error = {{"message", message}, {"type", type}, {"param", nullptr}};
  error["code"] = code.empty() ? ordered_json(nullptr) : ordered_json(code);
  ordered_json body = {{"error", error}};
  if (wire == Wire::kAnthropic) {
    body = {{"type", "error"}, {"error", {{"type", type}, {"message", message}}}};
  }
  reply.body = body.dump();
  return reply;
}

Reply MakeReply(const json& request, const Prompt& prompt, Wire wire, const std::string& key,
                const std::optional<Misbehaviour>& misbehaviour, bool tells_usage, int number) {
  const Misbehaviour told = misbehaviour.value_or(Misbehaviour{});
  const Fault fault = told.fault;
  Reply reply;
  if (misbehaviour && fault <= Fault::kEchoedSecrets) {
    reply = Refused(told, wire, key, request);
  } else if (misbehaviour && fault != Fault::kTruncatedJson && fault != Fault::kCut &&
             fault != Fault::kHangAfterHeaders && fault != Fault::kDrip &&
             fault <= Fault::kEndlessWhitespace) {
    reply = Odd(told);
  } else {
    const std::string content = Content(prompt, fault, request.value("messages", json()).dump());
    reply.input_tokens = static_cast<int64_t>(prompt.bytes / 4 + 1);
    reply.output_tokens = static_cast<int64_t>(content.size() / 4 + 1);
    const json model = request.value("model", json());
    const auto form = wire == Wire::kOpenAi ? OpenAi : Anthropic;
    reply.body = form(model, fault, content, reply, tells_usage, number).dump();
    if (misbehaviour) Spoil(told, reply);
  }
  reply.headers.emplace_back("x-request-id", fmt::format("req-{}", number));
  if (told.retry_after) reply.headers.emplace_back("Retry-After", *told.retry_after);
  if (told.retry_after_ms) {
    reply.headers.emplace_back("retry-after-ms", fmt::format("{}", *told.retry_after_ms));
  }
  if (told.should_retry) {
    reply.headers.emplace_back("x-should-retry", *told.should_retry ? "true" : "false");
  }
  reply.delay = told.delay;
  return reply;
}

}  // namespace paperwire::stand_in
