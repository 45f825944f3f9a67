#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/stack.h"

namespace paperwire::bench {

// Records a second that arrive on `topic` beyond the first `before`, from the first look that finds
// some to the one that finds `count`; 0: that never came.
double Throughput(support::Stack& stack, const std::string& topic, int64_t before, int64_t count,
                  std::chrono::milliseconds timeout);

// What a running program has used so far; zeros when it is gone.
struct Usage {
  double processor_seconds = 0;
  double peak_mebibytes = 0;
};
Usage UsageOf(pid_t pid);

double Median(std::vector<double> values);

}  // namespace paperwire::bench
