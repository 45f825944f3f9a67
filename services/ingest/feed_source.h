#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/http/client.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/registry.h"
#include "services/ingest/rate_gate.h"
#include "services/ingest/source.h"

namespace paperwire::ingest {

// arXiv's announcement feeds over the network, one a category (a joined feed may lose papers to
// arXiv's limit of 2,000 entries). One request at a time through one rate gate. A refusal (403)
// ends the look; "Rate exceeded." and 429 are waited out once, as long as asked but no longer than
// two minutes, and end it when they come again. Not thread-safe.
class FeedSource final : public Source {
 public:
  struct Options {
    std::string base_url = "https://rss.arxiv.org";
    std::vector<std::string> categories = {};
    // In the User-Agent, so that arXiv can reach whoever runs this.
    std::string contact = {};
    std::chrono::milliseconds request_interval{3000};
  };

  FeedSource(http::Client& client, const clock::Clock& clock, Options options,
             prometheus::Registry& metrics);

  Harvest Collect(std::stop_token stop) override;

  // One request for the first category's feed, without trying again.
  Reading Probe();

 private:
  // One request. `retry_after` is what the answer asks for; zero: it does not say.
  Reading Ask(const std::string& url, std::chrono::milliseconds& retry_after);

  http::Client& client_;
  const clock::Clock& clock_;
  const Options options_;
  RateGate gate_;
  prometheus::Family<prometheus::Counter>& requests_;
};

}  // namespace paperwire::ingest
