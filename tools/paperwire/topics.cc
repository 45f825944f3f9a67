#include <chrono>
#include <stop_token>
#include <utility>

#include "libs/bus/kafka_admin.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/topic_plan.h"

namespace paperwire::cli {
namespace {

class TopicsCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    kafka_.Declare(settings);
    settings.Integer(&partitions_, "partitions", "Partitions of every topic.", 1, 1000);
    settings.Integer(&replication_, "replication", "Copies of every partition.", 1, 15);
    settings.Duration(&wait_, "wait", "How long to wait for a broker that does not answer.",
                      std::chrono::milliseconds(0), std::chrono::hours(1));
    settings.Words(&words_, "action", "apply or check.", {"apply", "check"});
  }

  int Run(Console& console) override {
    if (words_ != std::vector<std::string>{"apply"} &&
        words_ != std::vector<std::string>{"check"}) {
      console.err << "paperwire: topics wants one of: apply, check\n";
      return kExitUsage;
    }
    const auto plan = PlanTopics(static_cast<int>(partitions_), static_cast<int>(replication_));
    bus::KafkaAdmin admin(kafka_);
    auto there = Describe(admin, console.clock);
    if (!there.ok()) {
      return ComplainOfKafka(console, kafka_.brokers, there.status());
    }
    if (words_.front() == "apply") {
      std::vector<bus::KafkaAdmin::TopicSpec> missing;
      for (const auto& spec : plan) {
        if (!there->contains(spec.name)) {
          missing.push_back(spec);
        }
      }
      if (!missing.empty()) {
        if (absl::Status created = admin.CreateTopics(missing); !created.ok()) {
          return ComplainOfKafka(console, kafka_.brokers, created);
        }
        there = DescribeUntilThere(admin, missing, console.clock);
        if (!there.ok()) {
          return ComplainOfKafka(console, kafka_.brokers, there.status());
        }
      }
      console.out << missing.size() << " topics created, " << plan.size() - missing.size()
                  << " were there\n";
    }
    const auto differences = Differences(plan, *there);
    for (const std::string& difference : differences) {
      console.out << difference << '\n';
    }
    if (differences.empty() && words_.front() == "check") {
      console.out << "all " << plan.size() << " topics are as they should be\n";
    }
    return differences.empty() ? kExitOk : kExitNegative;
  }

 private:
  using Topics = std::map<std::string, bus::KafkaAdmin::TopicState>;

  absl::StatusOr<Topics> Describe(bus::KafkaAdmin& admin, const clock::Clock& clock) const {
    const auto end = clock.SteadyNow() + wait_;
    while (true) {
      auto there = admin.DescribeTopics();
      if (there.ok() || !absl::IsUnavailable(there.status()) || clock.SteadyNow() >= end) {
        return there;
      }
      clock.SleepFor(std::chrono::milliseconds(200), std::stop_token());
    }
  }

  // A broker says that a topic is created a moment before it lists it.
  absl::StatusOr<Topics> DescribeUntilThere(bus::KafkaAdmin& admin,
                                            const std::vector<bus::KafkaAdmin::TopicSpec>& created,
                                            const clock::Clock& clock) const {
    constexpr int kTries = 50;
    absl::StatusOr<Topics> there;
    for (int i = 0; i < kTries; ++i) {
      there = admin.DescribeTopics();
      if (!there.ok()) {
        return there;
      }
      bool whole = true;
      for (const auto& spec : created) {
        whole = whole && there->contains(spec.name);
      }
      if (whole) {
        break;
      }
      clock.SleepFor(std::chrono::milliseconds(100), std::stop_token());
    }
    return there;
  }

  bus::KafkaSettings kafka_;
  int64_t partitions_ = 12;
  int64_t replication_ = 1;
  std::chrono::milliseconds wait_{std::chrono::seconds(30)};
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeTopicsCommand() { return std::make_unique<TopicsCommand>(); }

}  // namespace paperwire::cli
