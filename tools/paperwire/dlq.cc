#include <fmt/format.h>

#include <charconv>
#include <map>
#include <mutex>
#include <optional>

#include "libs/bus/kafka_admin.h"
#include "libs/bus/kafka_publisher.h"
#include "libs/events/dead_letters.h"
#include "prometheus/registry.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/dead_letter_text.h"
#include "tools/paperwire/operator_client.h"

namespace paperwire::cli {
namespace {

constexpr std::chrono::milliseconds kFlushTimeout{60000};

// Counts by topic and error class.
using DeadLetterCounts = std::map<std::pair<std::string, std::string>, int>;

std::optional<int64_t> ToNumber(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

class DeadLetterCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    kafka_.Declare(settings);
    operator_.Declare(settings);
    settings.Text(&filter_.topic, "topic", "Only this topic, with or without .dlq.");
    settings.Text(&filter_.error_class, "class", "Only this error class (\"invalid\").");
    settings.Flag(&dry_run_, "dry-run", "replay: count only.");
    settings.Flag(&direct_, "direct",
                  "replay: put all that match back without serve, those too that its ledger knows "
                  "to be overtaken.");
    settings.Words(&words_, "action", "list; show TOPIC PARTITION OFFSET; or replay.",
                   {"list", "show", "replay"});
  }

  int Run(Console& console) override {
    if (words_.size() == 1 && words_[0] == "list") {
      return List(console);
    }
    if (words_.size() == 4 && words_[0] == "show") {
      return Show(console);
    }
    if (words_.size() == 1 && words_[0] == "replay") {
      return direct_ ? ReplayDirectly(console) : Replay(console);
    }
    console.err << "paperwire: dlq wants one of: list, show TOPIC PARTITION OFFSET, replay\n";
    return kExitUsage;
  }

 private:
  // Hands every dead letter that is meant to `visit`.
  absl::Status Visit(bus::KafkaAdmin& admin,
                     const std::function<void(const bus::Message&)>& visit) const {
    auto there = admin.DescribeTopics();
    if (!there.ok()) {
      return there.status();
    }
    const auto topics = filter_.Topics();
    if (!topics.ok()) {
      return absl::InvalidArgumentError("--" + std::string(topics.status().message()));
    }
    for (const std::string& topic : *topics) {
      if (!there->contains(topic)) {
        continue;
      }
      absl::Status read = admin.ReadAll(topic, [&](const bus::Message& message) {
        if (filter_.Matches(message)) {
          visit(message);
        }
        return true;
      });
      if (!read.ok()) {
        return read;
      }
    }
    return absl::OkStatus();
  }

  static void PrintCounts(Console& console, const DeadLetterCounts& counts) {
    for (const auto& [key, count] : counts) {
      if (console.terminal) {
        console.out << fmt::format("{:<28} {:<12} {:>8}\n", key.first, key.second, count);
      } else {
        console.out << key.first << '\t' << key.second << '\t' << count << '\n';
      }
    }
  }

  int List(Console& console) const {
    bus::KafkaAdmin admin(kafka_);
    DeadLetterCounts counts;
    int total = 0;
    absl::Status read = Visit(admin, [&](const bus::Message& message) {
      ++counts[{message.topic, events::ErrorClass(message)}];
      ++total;
    });
    if (!read.ok()) {
      return ComplainOfKafka(console, kafka_.brokers, read);
    }
    PrintCounts(console, counts);
    if (console.terminal) {
      console.out << total << " dead letters\n";
    }
    return kExitOk;
  }

  int Show(Console& console) const {
    const auto partition = ToNumber(words_[2]);
    const auto offset = ToNumber(words_[3]);
    if (!partition.has_value() || !offset.has_value()) {
      console.err << "paperwire: dlq show wants numbers for PARTITION and OFFSET\n";
      return kExitUsage;
    }
    bus::KafkaAdmin admin(kafka_);
    bool found = false;
    absl::Status read = admin.ReadAll(words_[1], [&](const bus::Message& message) {
      if (message.partition == *partition && message.offset == *offset) {
        console.out << DeadLetterText(message);
        found = true;
      }
      return !found;
    });
    if (!read.ok()) {
      return ComplainOfKafka(console, kafka_.brokers, read);
    }
    if (!found) {
      return Complain(console,
                      absl::NotFoundError(fmt::format("{} has no record at partition {} offset {}",
                                                      words_[1], *partition, *offset)));
    }
    return kExitOk;
  }

  int Replay(Console& console) const {
    v1::ReplayDeadLettersRequest request;
    request.set_topic(filter_.topic);
    request.set_error_class(filter_.error_class);
    request.set_dry_run(dry_run_);
    const auto answer =
        AskOperator(operator_, request, &v1::OperatorService::Stub::ReplayDeadLetters);
    if (!answer.ok()) {
      const std::string why(answer.status().message());
      // Only where there is no server to ask.
      const char* hint = why.starts_with("no answer from ") ? "; --direct does without serve" : "";
      return Complain(console, absl::Status(answer.status().code(), why + hint));
    }
    console.out << fmt::format("matched {} replayed {} superseded {} left {}{}\n",
                               answer->matched(), answer->replayed(), answer->superseded(),
                               answer->left(), dry_run_ ? " (dry run)" : "");
    return answer->left() == 0 ? kExitOk : kExitNegative;
  }

  int ReplayDirectly(Console& console) const {
    bus::KafkaAdmin admin(kafka_);
    prometheus::Registry metrics;
    DeadLetterCounts counts;
    std::mutex mutex;
    absl::Status failure;
    int matched = 0;
    int delivered = 0;
    int left = 0;
    // After what its reports write to: it may still deliver while it is destroyed.
    bus::KafkaPublisher publisher(kafka_, {.client_id = "paperwire-dlq"}, metrics);
    absl::Status read = Visit(admin, [&](const bus::Message& dead) {
      ++matched;
      auto message = events::Restore(dead);
      if (!message.ok()) {
        console.err << fmt::format("paperwire: left {} partition {} offset {}: {}\n", dead.topic,
                                   dead.partition, dead.offset,
                                   std::string(message.status().message()));
        ++left;
        return;
      }
      ++counts[{message->topic, events::ErrorClass(dead)}];
      if (dry_run_) {
        return;
      }
      publisher.Publish(*std::move(message), [&](const absl::Status& status) {
        const std::lock_guard lock(mutex);
        if (status.ok()) {
          ++delivered;
        } else {
          failure = status;
        }
      });
    });
    const absl::Status flushed = publisher.Flush(kFlushTimeout);
    PrintCounts(console, counts);
    const std::lock_guard lock(mutex);
    console.out << fmt::format("matched {} replayed {} left {}{}\n", matched, delivered, left,
                               dry_run_ ? " (dry run)" : "");
    for (const absl::Status& status : {read, failure, flushed}) {
      if (!status.ok()) {
        return ComplainOfKafka(console, kafka_.brokers, status);
      }
    }
    return left == 0 ? kExitOk : kExitNegative;
  }

  bus::KafkaSettings kafka_;
  OperatorSettings operator_;
  events::DeadLetterFilter filter_;
  bool dry_run_ = false;
  bool direct_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeDeadLetterCommand() { return std::make_unique<DeadLetterCommand>(); }

}  // namespace paperwire::cli
