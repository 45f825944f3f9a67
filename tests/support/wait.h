#pragma once

#include <chrono>
#include <thread>

namespace paperwire::support {

// Asks `condition` again and again until it is true or the time is over; answers whether it became
// true. For what other processes do, where no clock can be handed in.
template <typename Condition>
bool WaitUntil(std::chrono::milliseconds timeout, Condition&& condition,
               std::chrono::milliseconds pause = std::chrono::milliseconds(50)) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
}

// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace paperwire::support
