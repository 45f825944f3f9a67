#include "services/summarize/config.h"

#include <algorithm>

namespace paperwire::summarize {

void Config::Declare(config::Settings& settings) {
  kafka.Declare(settings);
  settings.Text(&redis_url, "redis-url",
                "Redis that keeps the crash markers, and what models may cost and have "
                "written: redis://host:port/db; empty: neither is kept, no model is asked",
                {.secret = true});
  settings.Integer(&workers, "workers", "threads that make cards", 1, 64);
  llm.Declare(settings);
}

bool Config::AsksModels() const {
  return std::any_of(llm.models.begin(), llm.models.end(),
                     [](const llm::LlmSettings::Model& model) { return !model.base_url.empty(); });
}

}  // namespace paperwire::summarize
