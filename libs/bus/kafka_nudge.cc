#include "libs/bus/kafka_nudge.h"

#include <utility>

#include "libs/bus/kafka_handles.h"

namespace paperwire::bus {
namespace {

// Short, because the client's end waits for it.
constexpr int kTimeout = 500;

}  // namespace

KafkaNudge::KafkaNudge() : thread_([this](std::stop_token stop) { Work(std::move(stop)); }) {}

KafkaNudge::~KafkaNudge() = default;

void KafkaNudge::SetClient(rd_kafka_t* client) {
  const std::lock_guard lock(client_mutex_);
  client_ = client;
}

void KafkaNudge::Nudge(const std::set<TopicPartition>& partitions) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_) return;
    busy_ = true;
    asked_ = true;
    partitions_ = partitions;
  }
  changed_.notify_one();
}

void KafkaNudge::Work(std::stop_token stop) {
  while (true) {
    std::set<TopicPartition> partitions;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return asked_; })) return;
      asked_ = false;
      partitions.swap(partitions_);
    }
    {
      const std::lock_guard lock(client_mutex_);
      if (client_ != nullptr && !partitions.empty()) {
        const KafkaPartitions list(
            rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
        for (const auto& [topic, partition] : partitions) {
          rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
              RD_KAFKA_OFFSET_END;
        }
        // The answer is of no interest.
        (void)rd_kafka_offsets_for_times(client_, list.get(), kTimeout);
      }
    }
    const std::lock_guard lock(mutex_);
    busy_ = false;
  }
}

}  // namespace paperwire::bus
