#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/llm_fleet.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/stack.h"

namespace paperwire::bench {

// Kafka with 48 partitions, Redis, an endpoint whose calls take five seconds, and workers of
// summarize that ask it. Not thread-safe.
class LlmRun {
 public:
  static constexpr double kCallSeconds = 5;

  // `concurrency`: calls at once of each worker; `all`: of all together.
  static absl::StatusOr<std::unique_ptr<LlmRun>> Start(int concurrency, int all);

  // Publishes so many papers that were not there before.
  bool Publish(int count);
  int published() const { return published_; }
  int64_t Done() { return stack_->RecordCount("summarized"); }
  // How many papers have a card, how many of those by the model, and dead letters.
  struct Outcome {
    int papers = 0;
    int by_model = 0;
    int64_t dead = 0;
  };
  Outcome Look();
  // Cards a second between the `first` and the `last`, by the times they were written.
  double RateBetween(size_t first, size_t last);

  support::Stack& stack() { return *stack_; }
  stand_in::LlmEndpoint& endpoint() { return endpoint_; }
  LlmFleet& fleet() { return *fleet_; }

 private:
  LlmRun();

  stand_in::LlmEndpoint endpoint_;
  std::unique_ptr<support::Stack> stack_;
  std::unique_ptr<LlmFleet> fleet_;
  int published_ = 0;
};

}  // namespace paperwire::bench
