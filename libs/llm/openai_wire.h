#pragma once

#include "libs/llm/wire.h"

namespace paperwire::llm {

// Chat completions, as OpenAI has them and llama.cpp, Ollama, vLLM, LM Studio and many others
// copied them, each in its own way.
class OpenAiWire final : public Wire {
 public:
  std::string Path() const override { return "/chat/completions"; }
  std::vector<std::string> Headers(const Endpoint& endpoint) const override;
  SchemaMode ModeOf(SchemaMode wanted) const override { return wanted; }
  nlohmann::json Body(const std::string& model, const ChatRequest& request, SchemaMode mode,
                      const Dialect& dialect) const override;
  bool Read(const nlohmann::json& body, ChatAnswer& answer) const override;
};

}  // namespace paperwire::llm
