#include "libs/bus/publisher.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace paperwire::bus {
namespace {

class Reports {
 public:
  explicit Reports(size_t expected)
      : statuses_(expected, absl::CancelledError("stopped before a delivery report came")),
        missing_(expected) {}

  void Set(size_t index, absl::Status status) {
    const std::lock_guard lock(mutex_);
    statuses_[index] = std::move(status);
    if (--missing_ == 0) all_.notify_all();
  }

  std::vector<absl::Status> Wait(std::stop_token stop, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    const auto complete = [this] { return missing_ == 0; };
    if (!all_.wait(lock, std::move(stop), complete)) all_.wait_for(lock, patience, complete);
    return statuses_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any all_;
  std::vector<absl::Status> statuses_;
  size_t missing_;
};

}  // namespace

std::vector<absl::Status> PublishAllAndWait(Publisher& publisher, std::vector<Message> messages,
                                            std::stop_token stop,
                                            std::chrono::milliseconds patience) {
  // Shared with the callbacks, which may come after the wait, or be returning when it is over.
  const auto reports = std::make_shared<Reports>(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    publisher.Publish(std::move(messages[i]),
                      [reports, i](absl::Status status) { reports->Set(i, std::move(status)); });
  }
  return reports->Wait(std::move(stop), patience);
}

absl::Status PublishAndWait(Publisher& publisher, Message message, std::stop_token stop,
                            std::chrono::milliseconds patience) {
  std::vector<Message> one;
  one.push_back(std::move(message));
  return PublishAllAndWait(publisher, std::move(one), std::move(stop), patience).front();
}

}  // namespace paperwire::bus
