#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"

namespace paperwire::access {

// Places for long-lived streams: so many in total, so many for each caller. Thread-safe.
class StreamSlots {
  struct State;

 public:
  struct Options {
    size_t total = 2000;
    // For callers of one key; 0: no limit but the total.
    size_t per_key = 100;
  };
  explicit StreamSlots(Options options);

  // A place that is given back when it goes. May outlive the StreamSlots. A moved-from or default
  // one holds none.
  class Slot {
   public:
    Slot() = default;
    ~Slot() { GiveBack(); }
    Slot(Slot&& other) noexcept = default;
    Slot& operator=(Slot&& other) noexcept;
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    friend class StreamSlots;
    void GiveBack();

    std::shared_ptr<State> state_;
    std::string key_;
  };

  // ResourceExhausted: says which of the two limits is reached. `limited` false: only the total.
  absl::StatusOr<Slot> Take(const std::string& key, bool limited = true);

  size_t taken() const;

 private:
  struct State {
    explicit State(Options given) : options(given) {}

    const Options options;
    std::mutex mutex;
    size_t taken ABSL_GUARDED_BY(mutex) = 0;
    std::map<std::string, size_t> by_key ABSL_GUARDED_BY(mutex);
  };

  const std::shared_ptr<State> state_;
};

}  // namespace paperwire::access
