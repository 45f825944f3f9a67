#include "tests/support/kafka_process.h"

#include <vector>

#include "libs/events/topics.h"
#include "tests/support/free_port.h"
#include "tests/support/paths.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

using std::chrono::seconds;

std::string Script() { return SourceDir() + "/deploy/local/kafka"; }

std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProcess>> KafkaProcess::Start() {
  const auto fetched = RunProgram({.command = {"bash", Script(), "fetch"}}, seconds(300));
  if (!fetched.ok()) return absl::FailedPreconditionError(fetched.status().ToString());
  if (fetched->exit_code != 0) {
    return absl::FailedPreconditionError("no Kafka here: " + LastLine(fetched->output));
  }
  std::unique_ptr<KafkaProcess> kafka(new KafkaProcess);
  kafka->bootstrap_ = "127.0.0.1:" + std::to_string(FreePort());
  kafka->settings_.brokers = kafka->bootstrap_;
  kafka->settings_.session_timeout = kSessionTimeout;
  if (auto status = kafka->Resume(); !status.ok()) return status;
  kafka->admin_ = std::make_unique<bus::KafkaAdmin>(kafka->settings_);
  if (auto status = kafka->WaitUntilReady(seconds(120)); !status.ok()) return status;
  return kafka;
}

absl::Status KafkaProcess::CreateTopics(int partitions) {
  std::vector<bus::KafkaAdmin::TopicSpec> specs;
  for (const auto& topic : events::Topics()) {
    specs.push_back(
        {.name = topic.name,
         .partitions = partitions,
         .replication = 1,
         .configuration = {{"max.message.bytes", std::to_string(topic.max_message_bytes)}}});
  }
  return admin_->CreateTopics(specs);
}

void KafkaProcess::KillNow() { broker_->KillNow(); }

absl::Status KafkaProcess::Stop() {
  if (broker_->Terminate(seconds(60))) return absl::OkStatus();
  return absl::DeadlineExceededError("the broker does not end: " + LastLine(broker_->Output()));
}

absl::Status KafkaProcess::Resume() {
  const std::string port = bootstrap_.substr(bootstrap_.find(':') + 1);
  auto broker =
      Process::Start({.command = {"bash", Script(), "run", folder_.path() + "/data", port},
                      .environment = {},
                      .log = folder_.path() + "/kafka.log"});
  if (!broker.ok()) return broker.status();
  broker_ = std::move(*broker);
  return absl::OkStatus();
}

absl::Status KafkaProcess::WaitUntilReady(std::chrono::milliseconds timeout) {
  absl::Status last = absl::UnavailableError("not asked yet");
  const bool ready = WaitUntil(timeout, [&] {
    if (!broker_->running()) return true;
    last = admin_->ClusterId().status();
    return last.ok();
  });
  if (!broker_->running()) {
    return absl::InternalError("the broker has ended: " + LastLine(broker_->Output()));
  }
  if (ready && last.ok()) return absl::OkStatus();
  return absl::DeadlineExceededError("the broker does not answer: " + last.ToString());
}

}  // namespace paperwire::support
