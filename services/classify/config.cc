#include "services/classify/config.h"

namespace paperwire::classify {

void Config::Declare(config::Settings& settings) {
  kafka.Declare(settings);
  settings.Text(&redis_url, "redis-url",
                "Redis that keeps the crash markers: redis://host:port/db; empty: none are kept",
                {.secret = true});
  settings.Integer(&workers, "workers", "threads that choose tags", 1, 64);
}

}  // namespace paperwire::classify
