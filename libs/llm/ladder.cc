#include "libs/llm/ladder.h"

#include <algorithm>

namespace paperwire::llm {
namespace {

SchemaMode Below(SchemaMode mode) {
  return mode == SchemaMode::kJsonSchema ? SchemaMode::kJsonObject : SchemaMode::kPromptOnly;
}

constexpr std::chrono::hours kRemembered{24};

std::string KeyOf(const std::string& endpoint) { return "mode:" + endpoint; }

}  // namespace

SchemaMode Ladder::Remembered(const std::string& key) const {
  if (memory_ == nullptr) return SchemaMode::kJsonSchema;
  // Where the memory is away it is learned anew, which costs nothing.
  const auto found = memory_->Get(KeyOf(key));
  if (!found.ok() || !found->has_value()) return SchemaMode::kJsonSchema;
  for (const SchemaMode mode : {SchemaMode::kJsonObject, SchemaMode::kPromptOnly}) {
    if (**found == SchemaModeName(mode)) return mode;
  }
  return SchemaMode::kJsonSchema;
}

SchemaMode Ladder::Mode(const Endpoint& endpoint) const {
  const std::string key = endpoint.Key();
  {
    const std::lock_guard lock(mutex_);
    const auto found = modes_.find(key);
    if (found != modes_.end()) return found->second;
  }
  const SchemaMode remembered = Remembered(key);
  const std::lock_guard lock(mutex_);
  return modes_.try_emplace(key, remembered).first->second;
}

void Ladder::StepDown(const Endpoint& endpoint, SchemaMode refused) {
  const std::string key = endpoint.Key();
  SchemaMode below = SchemaMode::kJsonSchema;
  {
    const std::lock_guard lock(mutex_);
    SchemaMode& mode = modes_.try_emplace(key, SchemaMode::kJsonSchema).first->second;
    if (mode != refused || mode == SchemaMode::kPromptOnly) return;
    below = mode = Below(mode);
  }
  if (memory_ == nullptr) return;
  (void)memory_->Put(KeyOf(key), std::string(SchemaModeName(below)), kRemembered);
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
