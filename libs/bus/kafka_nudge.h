#pragma once

#include <librdkafka/rdkafka.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "libs/bus/message.h"

namespace paperwire::bus {

// Makes librdkafka look at once whether it has room to fetch again. By itself librdkafka 2.0.2
// stops fetching when its queue is full and looks again a whole second later, so that a small queue
// would mean a slow consumer. Any request to the partitions' leaders wakes the threads that fetch;
// this sends the cheapest that there is, from a thread of its own. Thread-safe.
class KafkaNudge {
 public:
  KafkaNudge();
  // Ends a request that is on its way.
  ~KafkaNudge();

  // The client to be nudged, or null. Returns when the one before is not used any more.
  void SetClient(rd_kafka_t* client);
  // At once; does nothing while the nudge before is on its way.
  void Nudge(const std::set<TopicPartition>& partitions);

 private:
  void Work(std::stop_token stop);

  // Held while the client is in use.
  std::mutex client_mutex_;
  rd_kafka_t* client_ = nullptr;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool asked_ = false;
  bool busy_ = false;
  std::set<TopicPartition> partitions_;

  std::jthread thread_;
};

}  // namespace paperwire::bus
