#pragma once

#include <time.h>

#include <algorithm>
#include <functional>

namespace paperwire::bench {

// Of this program alone: what else the machine does must not count.
inline double ProcessorSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The least of some rounds of `work`.
inline double Seconds(int rounds, const std::function<void()>& work) {
  double least = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double begin = ProcessorSeconds();
    work();
    least = std::min(least, ProcessorSeconds() - begin);
  }
  return least;
}

}  // namespace paperwire::bench
