#pragma once

#include "libs/llm/caller.h"
#include "services/summarize/llm_card.h"

namespace paperwire::summarize {

// Asks through the one door to an endpoint. Thread-safe.
class CallerAsker final : public Asker {
 public:
  // `caller` must outlive it.
  explicit CallerAsker(llm::Caller& caller) : caller_(caller) {}

  Asked Ask(const llm::ChatRequest& request, bool first, std::stop_token stop) override;

 private:
  llm::Caller& caller_;
};

}  // namespace paperwire::summarize
