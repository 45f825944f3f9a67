#pragma once

#include <cstdint>
#include <string>

namespace paperwire::support {

struct HttpAnswer {
  // 0: no answer.
  int status = 0;
  std::string head;
  std::string body;
};

// One GET of 127.0.0.1 over a connection of its own, at most five seconds; a few lines of socket
// calls that share no code with what they test.
HttpAnswer HttpGet(uint16_t port, const std::string& target);

// The value of one series of a /metrics page, as `paperwire_classify_records_total{…}` is written
// there, labels included; sums over all series whose line begins with `prefix`. -1 when there is
// none.
double MetricSum(const std::string& metrics, const std::string& prefix);

}  // namespace paperwire::support
