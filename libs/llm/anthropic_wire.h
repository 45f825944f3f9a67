#pragma once

#include "libs/llm/wire.h"

namespace paperwire::llm {

// Anthropic's Messages. The schema is told in the prompt only.
class AnthropicWire final : public Wire {
 public:
  std::string Path() const override { return "/messages"; }
  std::vector<std::string> Headers(const Endpoint& endpoint) const override;
  SchemaMode ModeOf(SchemaMode /*wanted*/) const override { return SchemaMode::kPromptOnly; }
  nlohmann::json Body(const std::string& model, const ChatRequest& request, SchemaMode mode,
                      const Dialect& dialect) const override;
  bool Read(const nlohmann::json& body, ChatAnswer& answer) const override;
};

}  // namespace paperwire::llm
