#pragma once

#include "libs/llm/caller.h"
#include "services/summarize/call_places.h"
#include "services/summarize/llm_card.h"

namespace paperwire::summarize {

// Asks through the one door to an endpoint. Thread-safe.
class CallerAsker final : public Asker {
 public:
  // Both must outlive it; `places` are those of all endpoints together.
  CallerAsker(llm::Caller& caller, CallPlaces& places) : caller_(caller), places_(places) {}

  Asked Ask(const llm::ChatRequest& request, bool first, const Stops& stops) override;

 private:
  llm::Caller& caller_;
  CallPlaces& places_;
};

}  // namespace paperwire::summarize
