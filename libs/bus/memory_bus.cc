#include "libs/bus/memory_bus.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/bus/failed_record.h"
#include "libs/bus/fate.h"

namespace paperwire::bus {
namespace {

constexpr std::chrono::milliseconds kIdle{5};
constexpr std::chrono::milliseconds kPause{200};

}  // namespace

struct MemoryBroker::State {
  mutable std::mutex mutex;
  std::map<std::string, std::vector<Message>> topics;
  std::map<std::pair<std::string, std::string>, int64_t> committed;
};

MemoryBroker::MemoryBroker() : state_(std::make_unique<State>()) {}
MemoryBroker::~MemoryBroker() = default;

int64_t MemoryBroker::Append(Message message) {
  const std::lock_guard lock(state_->mutex);
  std::vector<Message>& records = state_->topics[message.topic];
  message.partition = 0;
  message.offset = static_cast<int64_t>(records.size());
  records.push_back(std::move(message));
  return records.back().offset;
}

std::vector<Message> MemoryBroker::Records(const std::string& topic) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->topics.find(topic);
  return found == state_->topics.end() ? std::vector<Message>() : found->second;
}

int64_t MemoryBroker::Committed(const std::string& group, const std::string& topic) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->committed.find({group, topic});
  return found == state_->committed.end() ? 0 : found->second;
}

void MemoryPublisher::FailNext(absl::Status status, int times) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(status);
  failures_left_ = times;
}

void MemoryPublisher::Publish(Message message, Delivered delivered) {
  absl::Status status;
  {
    const std::lock_guard lock(mutex_);
    if (failures_left_ > 0) {
      --failures_left_;
      status = failure_;
    }
  }
  if (status.ok()) broker_.Append(std::move(message));
  delivered(std::move(status));
}

absl::Status MemoryPublisher::Flush(std::chrono::milliseconds) { return absl::OkStatus(); }

MemorySubscriber::MemorySubscriber(MemoryBroker& broker, Options options, Publisher& publisher,
                                   const clock::Clock& clock)
    : broker_(broker), options_(std::move(options)), publisher_(publisher), clock_(clock) {}

bool MemorySubscriber::Next(Message& record, int& tier) const {
  const int64_t now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now().time_since_epoch())
          .count();
  const std::lock_guard lock(broker_.state_->mutex);
  for (int i = -1; i < static_cast<int>(options_.retry.size()); ++i) {
    const std::string& topic =
        i < 0 ? options_.topic : options_.retry[static_cast<size_t>(i)].first;
    const std::string group = i < 0 ? options_.group : options_.group + "-retry";
    const auto records = broker_.state_->topics.find(topic);
    if (records == broker_.state_->topics.end()) continue;
    const auto committed = static_cast<size_t>(broker_.state_->committed[{group, topic}]);
    if (committed >= records->second.size()) continue;
    if (i >= 0 && NotBeforeOf(records->second[committed]) > now) continue;
    record = records->second[committed];
    tier = i;
    return true;
  }
  return false;
}

absl::Status MemorySubscriber::Divert(const Message& record, int tier, const absl::Status& why,
                                      std::string_view error_class) {
  const size_t next = static_cast<size_t>(tier) + 1;
  Failure failure{std::string(error_class), why.ToString(), options_.service};
  if (!error_class.empty() || next >= options_.retry.size()) {
    if (failure.error_class.empty()) failure.error_class = kClassExhausted;
    return PublishAndWait(publisher_,
                          FailedRecord(record, options_.dead_letter_topic, failure, std::nullopt));
  }
  failure.error_class = absl::StatusCodeToString(why.code());
  const auto& [topic, delay] = options_.retry[next];
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Now().time_since_epoch());
  return PublishAndWait(publisher_, FailedRecord(record, topic, failure, (now + delay).count()));
}

absl::Status MemorySubscriber::HandleOnce(const Message& record, int tier, const Handler& handler,
                                          const std::stop_token& stop) {
  std::string_view error_class;
  const absl::Status fit = CheckRecord(record, options_.max_record_bytes, error_class);
  if (!fit.ok()) return Divert(record, tier, fit, error_class);
  std::vector<Message> emit;
  absl::Status status;
  PlainAttempt attempt(stop);
  try {
    status = handler(record, emit, attempt);
  } catch (const std::exception& error) {
    status = absl::AbortedError(std::string("exception: ") + error.what());
  }
  if (!status.ok() && stop.stop_requested()) return absl::UnavailableError("stopped");
  switch (FateOf(status)) {
    case Fate::kComplete:
      break;
    case Fate::kDeadLetter:
      return Divert(record, tier, status, ClassOf(status));
    case Fate::kRetry:
      return Divert(record, tier, status, "");
    case Fate::kPause:
    case Fate::kStop:
      return status;
  }
  for (Message& message : emit) {
    const absl::Status written = PublishAndWait(publisher_, std::move(message));
    if (absl::IsInvalidArgument(written)) return Divert(record, tier, written, kClassInvalid);
    if (!written.ok()) return absl::UnavailableError(written.ToString());
  }
  return absl::OkStatus();
}

absl::Status MemorySubscriber::Run(std::stop_token stop, const Handler& handler) {
  while (!stop.stop_requested()) {
    Message record;
    int tier = -1;
    if (!Next(record, tier)) {
      clock_.SleepFor(kIdle, stop);
      continue;
    }
    const absl::Status status = HandleOnce(record, tier, handler, stop);
    if (FateOf(status) == Fate::kPause) {
      clock_.SleepFor(kPause, stop);
      continue;
    }
    if (!status.ok()) return status;
    const std::lock_guard lock(broker_.state_->mutex);
    const std::string group = tier < 0 ? options_.group : options_.group + "-retry";
    broker_.state_->committed[{group, record.topic}] = record.offset + 1;
  }
  return absl::OkStatus();
}

}  // namespace paperwire::bus
