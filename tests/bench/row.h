#pragma once

#include <cstdio>
#include <string>

namespace paperwire::bench {

// One budget, as tests/bench/run reads it: `ratio` is ours to the limit, or for a `unit` of memory
// the limit to ours, so that a higher one is always better.
struct Row {
  std::string name;
  double ours = 0;
  double limit = 0;
  double ratio = 0;
  double goal = 0;
  std::string unit;
};

inline void Print(const Row& row) {
  std::printf("ROW\t%s\t%.1f\t%.1f\t%.2f\t%.2f\t%s\n", row.name.c_str(), row.ours, row.limit,
              row.ratio, row.goal, row.unit.c_str());
  std::fflush(stdout);
}

}  // namespace paperwire::bench
