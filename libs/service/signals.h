#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <stop_token>
#include <thread>

#include "libs/clock/clock.h"

namespace paperwire::service {

// Turns SIGTERM and SIGINT into stop requests while it exists. One thread waits for them, so it
// must be made before any other thread: threads inherit the blocked signals.
//
// First signal: stop() is requested and the drain has `grace`. Second: hurry() is requested too,
// and one second is left. When the time is over the process ends itself with exit code 1: what was
// in flight is done again by the next process.
class Signals {
 public:
  // `clock` must outlive it.
  Signals(std::chrono::milliseconds grace, const clock::Clock& clock);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token stop() const { return stop_.get_token(); }
  std::stop_token hurry() const { return hurry_.get_token(); }

 private:
  void Watch();

  // Constant after construction.
  const std::chrono::milliseconds grace_;
  const clock::Clock& clock_;
  sigset_t watched_;
  sigset_t before_;

  // Own synchronization.
  std::stop_source stop_;
  std::stop_source hurry_;
  std::atomic<bool> done_{false};

  std::thread watcher_;
};

}  // namespace paperwire::service
