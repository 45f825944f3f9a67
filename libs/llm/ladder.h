#pragma once

#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "absl/base/thread_annotations.h"
#include "libs/llm/chat.h"
#include "libs/llm/endpoint.h"
#include "libs/llm/result_cache.h"

namespace paperwire::llm {

// Which way of asking for JSON each endpoint knows, as learned from its refusals: json_schema, else
// json_object, else the prompt alone. Thread-safe. Kept for as long as the process runs, per base
// URL and model; in `memory`, where there is one, for a day, so that not every new process learns
// it anew.
class Ladder {
 public:
  Ladder() = default;
  // `memory` must outlive it.
  explicit Ladder(ResultCache& memory) : memory_(&memory) {}

  SchemaMode Mode(const Endpoint& endpoint) const;
  // `refused` is not known there. No effect where that was learned before, or is the last one.
  void StepDown(const Endpoint& endpoint, SchemaMode refused);

 private:
  SchemaMode Remembered(const std::string& key) const;

  ResultCache* const memory_ = nullptr;
  mutable std::mutex mutex_;
  // By Endpoint::Key.
  mutable std::map<std::string, SchemaMode> modes_ ABSL_GUARDED_BY(mutex_);
};

// A Chat that asks in the way that is known at its endpoint; where that is refused, which costs
// nothing, in the next.
class LadderedChat final : public Chat {
 public:
  // Both must outlive this.
  LadderedChat(Chat& chat, Ladder& ladder) : chat_(chat), ladder_(ladder) {}

  const Endpoint& endpoint() const override { return chat_.endpoint(); }
  // `mode`: the strictest to begin with.
  ChatAnswer Ask(const ChatRequest& request, SchemaMode mode, std::stop_token stop) override;

 private:
  Chat& chat_;
  Ladder& ladder_;
};

}  // namespace paperwire::llm
