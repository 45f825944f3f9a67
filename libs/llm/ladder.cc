#include "libs/llm/ladder.h"

#include <algorithm>

namespace paperwire::llm {
namespace {

SchemaMode Below(SchemaMode mode) {
  return mode == SchemaMode::kJsonSchema ? SchemaMode::kJsonObject : SchemaMode::kPromptOnly;
}

}  // namespace

SchemaMode Ladder::Mode(const Endpoint& endpoint) const {
  const std::string key = endpoint.Key();
  std::lock_guard lock(mutex_);
  const auto found = modes_.find(key);
  return found == modes_.end() ? SchemaMode::kJsonSchema : found->second;
}

void Ladder::StepDown(const Endpoint& endpoint, SchemaMode refused) {
  const std::string key = endpoint.Key();
  std::lock_guard lock(mutex_);
  SchemaMode& mode = modes_.try_emplace(key, SchemaMode::kJsonSchema).first->second;
  if (mode != refused) return;
  mode = Below(mode);
}

ChatAnswer LadderedChat::Ask(const ChatRequest& request, SchemaMode mode, std::stop_token stop) {
  while (true) {
    const SchemaMode tried = std::max(mode, ladder_.Mode(endpoint()));
    ChatAnswer answer = chat_.Ask(request, tried, stop);
    if (answer.outcome != CallOutcome::kSchemaUnsupported || tried == SchemaMode::kPromptOnly) {
      return answer;
    }
    ladder_.StepDown(endpoint(), tried);
    // Where the ladder stood higher than what was asked for.
    mode = std::max(mode, Below(tried));
  }
}

}  // namespace paperwire::llm
