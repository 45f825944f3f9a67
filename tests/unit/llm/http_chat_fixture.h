#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "libs/llm/http_chat.h"
#include "tests/unit/llm/answering_server.h"

namespace paperwire::llm {

inline constexpr char kKey[] = "sk-live-0123456789abcdef";
inline constexpr char kGood[] =
    R"({"model":"m-1","choices":[{"message":{"content":"{\"a\":1}"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":12,"completion_tokens":5}})";

inline ChatRequest Question() {
  return {.system = "Write a card, and nothing else than that card.",
          .user = "Title: Sparse attention for long documents\nAbstract: We propose a thing.",
          .schema_name = "card",
          .schema = R"({"type":"object"})",
          .max_output_tokens = 700};
}

// A chat with an endpoint whose answers are written by hand.
class HttpChatTest : public testing::Test {
 protected:
  Endpoint At(const AnsweringServer& server, WireFormat format = WireFormat::kOpenAi) const {
    return {.base_url = server.url(), .model = "m-1", .api_key = kKey, .format = format};
  }

  ChatAnswer Ask(const AnsweringServer& server, SchemaMode mode = SchemaMode::kJsonSchema,
                 WireFormat format = WireFormat::kOpenAi) {
    HttpChat chat(At(server, format), client_, {}, clock_);
    return chat.Ask(Question(), mode, {});
  }

  ChatAnswer Answered(const http::Response& response, SchemaMode mode = SchemaMode::kJsonSchema,
                      WireFormat format = WireFormat::kOpenAi) {
    const AnsweringServer server({response});
    return Ask(server, mode, format);
  }

  static nlohmann::json BodyOf(const AnsweringServer& server, size_t call = 0) {
    return nlohmann::json::parse(server.requests().at(call).body);
  }

  clock::FakeClock clock_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
  http::MultiClient client_{{.user_agent = "paperwire-test"}};
};

// A completion with that message and reason.
inline http::Response Completion(const nlohmann::json& message, const nlohmann::json& reason) {
  return http::Response::Json(
      200, nlohmann::json{{"choices", {{{"message", message}, {"finish_reason", reason}}}}}.dump());
}

inline http::Response Error(int status, const std::string& message,
                            const nlohmann::json& code = nullptr,
                            const std::string& type = "invalid_request_error") {
  return http::Response::Json(
      status,
      nlohmann::json{{"error", {{"message", message}, {"type", type}, {"code", code}}}}.dump());
}

}  // namespace paperwire::llm
