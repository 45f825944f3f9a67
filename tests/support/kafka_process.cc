#include "tests/support/kafka_process.h"

#include <map>
#include <sstream>
#include <utility>
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

absl::StatusOr<std::unique_ptr<KafkaProcess>> KafkaProcess::Start(Options options) {
  const auto fetched = RunProgram({.command = {"bash", Script(), "fetch"}}, seconds(300));
  if (!fetched.ok()) return absl::FailedPreconditionError(fetched.status().ToString());
  if (fetched->exit_code != 0) {
    return absl::FailedPreconditionError("no Kafka here: " + LastLine(fetched->output));
  }
  std::unique_ptr<KafkaProcess> kafka(new KafkaProcess(options));
  kafka->bootstrap_ = "127.0.0.1:" + std::to_string(FreePort());
  kafka->settings_.brokers = kafka->bootstrap_;
  kafka->settings_.session_timeout = kSessionTimeout;
  if (auto status = kafka->Resume(); !status.ok()) return status;
  kafka->admin_ = std::make_unique<bus::KafkaAdmin>(kafka->settings_);
  if (auto status = kafka->WaitUntilReady(seconds(120)); !status.ok()) return status;
  return kafka;
}

bus::KafkaSettings KafkaProcess::settings(Security security) const {
  bus::KafkaSettings settings = settings_;
  if (security == Security::kNone) return settings;
  std::map<std::string, std::string> addresses;
  std::istringstream lines(ReadFile(data() + "/secured"));
  for (std::string name, address; lines >> name >> address;) addresses[name] = address;
  const std::string tls = data() + "/tls/";
  settings.security_protocol = security == Security::kSasl ? "sasl_ssl" : "ssl";
  settings.ssl_ca = tls + "ca.pem";
  switch (security) {
    case Security::kNone:
    case Security::kTls:
      settings.brokers = addresses["tls"];
      break;
    case Security::kMutualTls:
      settings.brokers = addresses["mutual-tls"];
      settings.ssl_certificate = tls + "client.pem";
      settings.ssl_key = tls + "client.key";
      break;
    case Security::kSasl:
      settings.brokers = addresses["sasl"];
      settings.sasl_mechanism = "PLAIN";
      settings.sasl_username = "paperwire";
      settings.sasl_password = LastLine(ReadFile(tls + "password"));
      break;
  }
  return settings;
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
  std::vector<std::string> command = {"bash", Script(), "run"};
  if (options_.secured) command.push_back("--secured");
  command.insert(command.end(), {data(), port});
  auto broker = Process::Start(
      {.command = std::move(command), .environment = {}, .log = folder_.path() + "/kafka.log"});
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
