#include "tools/paperwire/topic_plan.h"

#include <fmt/format.h>

#include <chrono>

#include "libs/events/topics.h"

namespace paperwire::cli {

std::vector<bus::KafkaAdmin::TopicSpec> PlanTopics(int partitions, int replication) {
  std::vector<bus::KafkaAdmin::TopicSpec> plan;
  for (const events::Topic& topic : events::Topics()) {
    bus::KafkaAdmin::TopicSpec spec;
    spec.name = topic.name;
    spec.partitions = partitions;
    spec.replication = replication;
    spec.configuration["cleanup.policy"] = "delete";
    spec.configuration["retention.ms"] =
        std::to_string(std::chrono::milliseconds(topic.retention).count());
    spec.configuration["max.message.bytes"] = std::to_string(topic.max_message_bytes);
    plan.push_back(std::move(spec));
  }
  return plan;
}

std::vector<std::string> Differences(
    const std::vector<bus::KafkaAdmin::TopicSpec>& plan,
    const std::map<std::string, bus::KafkaAdmin::TopicState>& there) {
  std::vector<std::string> differences;
  for (const auto& spec : plan) {
    const auto found = there.find(spec.name);
    if (found == there.end()) {
      differences.push_back(spec.name + ": missing");
      continue;
    }
    const auto& state = found->second;
    if (state.partitions < spec.partitions) {
      differences.push_back(fmt::format("{}: {} partitions, {} wanted", spec.name, state.partitions,
                                        spec.partitions));
    }
    if (state.replication != spec.replication) {
      differences.push_back(fmt::format("{}: replication {}, {} wanted", spec.name,
                                        state.replication, spec.replication));
    }
    for (const auto& [name, wanted] : spec.configuration) {
      const auto value = state.configuration.find(name);
      if (value != state.configuration.end() && value->second != wanted) {
        differences.push_back(
            fmt::format("{}: {} is {}, {} wanted", spec.name, name, value->second, wanted));
      }
    }
  }
  return differences;
}

}  // namespace paperwire::cli
