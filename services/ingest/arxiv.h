#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "services/ingest/outcome.h"

namespace paperwire::ingest {

// One answer of arXiv.
struct Answer {
  // kOk: `body` is to be read, and may still turn out to be anything. kUnchanged: what it answered
  // at the last time that was kept.
  Outcome outcome = Outcome::kOk;
  // For people: what is wrong.
  std::string detail;
  std::string body;
};

// arXiv over the network, with manners: one request at a time and none sooner than three seconds
// after the last, over all hosts and all processes; a host that limits or fails rests for longer
// each time; a refusal (403) ends everything for a day. Not thread-safe.
class Arxiv {
 public:
  virtual ~Arxiv() = default;

  // Waits its turn, asks, and asks again where that may help within the cycle. kNotAsked: the host
  // rests, or stopped. Never fails: the outcome says how it went. With `conditional`, an answer
  // that is the one kept is kUnchanged.
  virtual Answer Ask(const std::string& url, bool conditional, std::stop_token stop) = 0;

  // Keeps the validators of what was answered since the last Keep: it has been worked off, and need
  // not be sent again.
  virtual void Keep() = 0;

  // Forgets them instead: it could not be worked off, and is to be sent again.
  virtual void Drop() {}

  // Requests made so far.
  virtual uint32_t requests() const = 0;
};

}  // namespace paperwire::ingest
