#pragma once

#include <map>
#include <string>
#include <vector>

#include "libs/bus/kafka_admin.h"

namespace paperwire::cli {

// Every topic of events::Topics() as Kafka is to have it: retention, size, cleanup.policy=delete.
std::vector<bus::KafkaAdmin::TopicSpec> PlanTopics(int partitions, int replication);

// What differs between the plan and what is there, a sentence each; empty: nothing. More
// partitions than planned are no difference (they can only grow), nor are topics beside the plan,
// nor settings that the broker does not tell.
std::vector<std::string> Differences(
    const std::vector<bus::KafkaAdmin::TopicSpec>& plan,
    const std::map<std::string, bus::KafkaAdmin::TopicState>& there);

}  // namespace paperwire::cli
