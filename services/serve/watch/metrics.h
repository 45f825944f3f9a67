#pragma once

#include <array>

#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace paperwire::serve::watch {

enum class Method { kPapers, kStatus };
enum class MessageKind { kEntry, kRemoved, kHeartbeat, kStatus };
// Why a stream ended.
enum class Ending {
  // The client cancelled, its deadline passed, or its connection broke.
  kClient,
  // A message could not be handed over for too long.
  kSlow,
  kDrained,
  kLostEpoch,
  // The caller's token is good no longer.
  kTakenBack,
};

// What streams do, as metrics. Thread-safe.
class Metrics {
 public:
  // `registry` must outlive it.
  explicit Metrics(prometheus::Registry& registry);

  void Opened(Method method) { open_[Index(method)]->Increment(); }
  void Closed(Method method, Ending ending) {
    open_[Index(method)]->Decrement();
    closed_[Index(ending)]->Increment();
  }
  void Refused() { refused_.Increment(); }
  void Sent(MessageKind kind) { sent_[Index(kind)]->Increment(); }
  // From the change in the window to the message on its way.
  void Delivered(double seconds) { delivery_.Observe(seconds); }
  // How much older the position of the slowest reader is than the snapshot.
  void Behind(double seconds) { behind_.Set(seconds); }

 private:
  template <typename Enum>
  static size_t Index(Enum value) {
    return static_cast<size_t>(value);
  }

  std::array<prometheus::Gauge*, 2> open_{};
  std::array<prometheus::Counter*, 4> sent_{};
  std::array<prometheus::Counter*, 5> closed_{};
  prometheus::Counter& refused_;
  prometheus::Histogram& delivery_;
  prometheus::Gauge& behind_;
};

}  // namespace paperwire::serve::watch
