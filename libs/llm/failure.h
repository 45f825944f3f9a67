#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "libs/llm/chat.h"
#include "libs/llm/wire.h"

namespace paperwire::llm {

// Texts that must not leave a call: what was sent, and the key.
class Secrets {
 public:
  // Both must outlive this.
  Secrets(const Endpoint& endpoint, const ChatRequest& request)
      : endpoint_(endpoint), request_(request) {}

  // Whether `text` repeats a part of them that could be recognized.
  bool AreIn(std::string_view text) const;

 private:
  const Endpoint& endpoint_;
  const ChatRequest& request_;
};

// What an endpoint said in place of an answer.
struct Failure {
  // Its HTTP status; or what an error inside a 200 comes to.
  int status = 0;
  // Null: no JSON.
  const nlohmann::json* body = nullptr;
  // As received.
  std::string_view text = {};
  // Of a redirect.
  std::string_view location = {};
};

// Whether an answer of status 200 tells of an error after all.
bool TellsOfError(const nlohmann::json& body);
// The HTTP status that such an answer comes to.
int StatusOfError(const nlohmann::json& body);

// Fills outcome and detail.
void ReadFailure(const Failure& failure, const Secrets& secrets, ChatAnswer& answer);

// Whether the endpoint would take the request said otherwise; changes `dialect` so.
bool Learn(const Failure& failure, Dialect& dialect);

// An identifier of the endpoint's ("gpt-x", "req_123"): empty where it is none, or holds a secret.
std::string Identifier(std::string_view text, const Secrets& secrets);

}  // namespace paperwire::llm
