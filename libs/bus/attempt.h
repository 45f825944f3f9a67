#pragma once

#include <functional>
#include <stop_token>
#include <utility>

namespace paperwire::bus {

// One try of one record, as its handler sees it. Used while the handler runs; thread-safe but for
// Outside, which is the handler's thread's.
class Attempt {
 public:
  virtual ~Attempt() = default;

  // Requested when the record is no longer ours: what the handler answers is dropped, and the
  // record is handed over again, here or elsewhere. Nothing new is worth beginning, and a wait for
  // somebody else is best left; what is paid for already, and kept where the next try finds it, is
  // worth finishing.
  virtual std::stop_token abandoned() const = 0;
  // Requested, after `abandoned`, when the process ends and waits no longer: leave everything.
  virtual std::stop_token ending() const = 0;

  // Runs `wait`, which only waits for somebody else: meanwhile the record is out of hand, and a
  // death of the process is none of its doing. What it throws is passed on.
  virtual void Outside(const std::function<void()>& wait) = 0;
};

// Where nobody keeps markers: waits in place.
class PlainAttempt final : public Attempt {
 public:
  explicit PlainAttempt(std::stop_token stop = {}) : stop_(std::move(stop)) {}

  std::stop_token abandoned() const override { return stop_; }
  std::stop_token ending() const override { return stop_; }
  void Outside(const std::function<void()>& wait) override { wait(); }

 private:
  const std::stop_token stop_;
};

}  // namespace paperwire::bus
