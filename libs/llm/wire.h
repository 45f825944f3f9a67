#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "libs/llm/chat.h"
#include "libs/llm/endpoint.h"

namespace paperwire::llm {

// What an endpoint's refusals taught about its model.
struct Dialect {
  // The limit of tokens is called max_completion_tokens.
  bool completion_tokens = false;
  // The temperature is its own business.
  bool no_temperature = false;
};

// How an endpoint is spoken to. Thread-safe.
class Wire {
 public:
  virtual ~Wire() = default;

  // Behind the base URL.
  virtual std::string Path() const = 0;
  // With the key; never to be logged.
  virtual std::vector<std::string> Headers(const Endpoint& endpoint) const = 0;
  // The mode that `wanted` comes to here.
  virtual SchemaMode ModeOf(SchemaMode wanted) const = 0;
  virtual nlohmann::json Body(const std::string& model, const ChatRequest& request, SchemaMode mode,
                              const Dialect& dialect) const = 0;
  // Fills outcome, content, refusal, model and usage from an answer that says nothing of an error.
  // False: it is no such answer.
  virtual bool Read(const nlohmann::json& body, ChatAnswer& answer) const = 0;
};

// Of a process-long lifetime.
const Wire& WireOf(WireFormat format);

// The system's text, and where the endpoint is told no schema, the schema after it.
std::string SystemText(const ChatRequest& request, SchemaMode mode);

// A count of tokens that an endpoint names; nullopt: none that could be.
std::optional<int64_t> TokensOf(const nlohmann::json& object, const char* name);

// The text under `name`; empty where there is none.
std::string TextOf(const nlohmann::json& object, const char* name);

// Sets what a finished answer is: refused, cut off, empty, answered.
void Judge(bool filtered, bool truncated, ChatAnswer& answer);

}  // namespace paperwire::llm
