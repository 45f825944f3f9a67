#include "services/summarize/config.h"

namespace paperwire::summarize {

void Config::Declare(config::Settings& settings) {
  kafka.Declare(settings);
  settings.Text(&redis_url, "redis-url",
                "Redis that keeps the crash markers: redis://host:port/db; empty: none are kept",
                {.secret = true});
  settings.Integer(&workers, "workers", "threads that make cards", 1, 64);
}

}  // namespace paperwire::summarize
