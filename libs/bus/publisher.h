#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// Writes records to topics. Thread-safe.
class Publisher {
 public:
  // Called exactly once for each record, from any thread: OK when all in-sync replicas have it.
  // It must not block and must not call Flush.
  using Delivered = std::function<void(absl::Status)>;

  virtual ~Publisher() = default;

  // Takes `message` for delivery. Blocks only while the local queue is full (back-pressure).
  // Errors come through `delivered`: InvalidArgument for a record the broker can never take (too
  // large), Unavailable for one that could not be delivered in time.
  virtual void Publish(Message message, Delivered delivered) = 0;

  // Waits until everything published before has been delivered or has failed.
  // DeadlineExceeded: some records were still on their way.
  virtual absl::Status Flush(std::chrono::milliseconds timeout) = 0;
};

// How long delivery reports are still waited for once a stop is requested.
inline constexpr std::chrono::milliseconds kStopPatience{5000};

// Publishes and waits for the delivery reports; one status for each message, in their order.
// Cancelled: none had come `patience` after the stop; that record may still be delivered.
std::vector<absl::Status> PublishAllAndWait(Publisher& publisher, std::vector<Message> messages,
                                            std::stop_token stop = {},
                                            std::chrono::milliseconds patience = kStopPatience);
absl::Status PublishAndWait(Publisher& publisher, Message message, std::stop_token stop = {},
                            std::chrono::milliseconds patience = kStopPatience);

}  // namespace paperwire::bus
