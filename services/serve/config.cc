#include "services/serve/config.h"

namespace paperwire::serve {

void Config::Declare(config::Settings& settings) {
  kafka.Declare(settings);
  settings.Text(&redis_url, "redis-url", "Redis that holds the window: redis://host:port/db",
                {.secret = true});
  settings.Text(&feed_clock, "feed-clock",
                "what day it is: real, or data (the newest announcement date seen; for replays)",
                {.choices = {"real", "data"}});
  settings.Text(&grpc_listen, "grpc-listen", "address of the gRPC feed");
  settings.Text(&http_listen, "http-listen", "address of the page");
  settings.Integer(&http_threads, "http-threads", "threads that answer HTTP", 1, 64);
  settings.Duration(&drain_timeout, "drain-timeout",
                    "how long a stop waits for requests that are being answered",
                    std::chrono::milliseconds(0), std::chrono::minutes(1));
}

}  // namespace paperwire::serve
