#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/feed_client.h"

namespace paperwire::support {

// A reader that asks for the count of the list again and again, from a thread of its own, and
// remembers whether it ever saw less than before.
class Reader {
 public:
  struct Reading {
    int reads = 0;
    int failures = 0;
    // Answers with fewer entries than the answer before.
    int went_back = 0;
    // How far, at most.
    int deepest = 0;
    int last = 0;
    // Seconds between two answers, at most.
    double longest_gap = 0;
  };

  // `feed` must outlive it.
  explicit Reader(FeedClient& feed)
      : thread_([this, &feed](const std::stop_token& stop) { Read(feed, stop); }) {}

  Reading Stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return reading_;
  }

 private:
  void Read(FeedClient& feed, const std::stop_token& stop) {
    auto answered = std::chrono::steady_clock::now();
    while (!stop.stop_requested()) {
      const auto count = feed.Count();
      const auto now = std::chrono::steady_clock::now();
      if (count.ok()) {
        ++reading_.reads;
        if (*count < reading_.last) {
          ++reading_.went_back;
          reading_.deepest = std::max(reading_.deepest, reading_.last - *count);
        }
        reading_.last = *count;
        reading_.longest_gap =
            std::max(reading_.longest_gap, std::chrono::duration<double>(now - answered).count());
        answered = now;
      } else {
        ++reading_.failures;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  // Written by the thread alone until it is joined.
  Reading reading_;
  std::jthread thread_;
};

}  // namespace paperwire::support
