#include "tests/support/stack.h"

#include <filesystem>
#include <mutex>
#include <utility>

#include "libs/bus/kafka_publisher.h"
#include "libs/events/topics.h"
#include "prometheus/registry.h"
#include "tests/support/free_port.h"
#include "tests/support/paths.h"
#include "tests/support/wait.h"

namespace paperwire::support {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string Loopback(uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

std::string ReplicaName(int replica) {
  return replica == 0 ? "serve" : "serve-" + std::to_string(replica + 1);
}

std::string Tail(const std::string& text, int lines) {
  size_t from = text.size();
  while (from > 0 && lines >= 0) {
    from = text.rfind('\n', from - 1);
    if (from == std::string::npos) return text;
    --lines;
  }
  return text.substr(from + 1);
}

}  // namespace

struct Stack::Producer {
  prometheus::Registry metrics;
  std::unique_ptr<bus::KafkaPublisher> publisher;
};

std::string ProgramPath(const std::string& name) { return BinaryDir() + "/bin/" + name; }

absl::StatusOr<std::unique_ptr<Stack>> Stack::Start(Options options) {
  std::unique_ptr<Stack> stack(new Stack);
  stack->log_level_ = options.log_level;
  stack->feed_clock_ = options.feed_clock;
  auto kafka = KafkaProcess::Start();
  if (!kafka.ok()) return kafka.status();
  stack->kafka_ = std::move(*kafka);
  if (auto status = stack->kafka_->CreateTopics(options.partitions); !status.ok()) return status;

  stack->ingest_metrics_port_ = FreePort();
  stack->redis_port_ = FreePort();
  if (auto status = stack->ResumeRedis(); !status.ok()) return status;
  auto client = redis::Client::Create({.url = "redis://" + Loopback(stack->redis_port_)});
  if (!client.ok()) return client.status();
  stack->redis_client_ = std::move(*client);
  if (!WaitUntil(seconds(20), [&] { return stack->redis_client_->Call({"PING"}).ok(); })) {
    return absl::FailedPreconditionError("no Redis here: " + Tail(stack->redis_->Output(), 2));
  }

  std::vector<std::string> names = {"summarize", "classify"};
  for (int replica = 1; replica <= options.serve_replicas; ++replica) {
    names.push_back(ReplicaName(replica - 1));
  }
  for (const auto& name : names) {
    Service& service = stack->services_[name];
    service.metrics_port = FreePort();
    if (!name.starts_with("serve")) continue;
    service.grpc_port = FreePort();
    service.http_port = FreePort();
    service.operator_port = FreePort();
    stack->feeds_.push_back(std::make_unique<FeedClient>(Loopback(service.grpc_port)));
  }
  return stack;
}

Stack::~Stack() = default;

absl::Status Stack::StopRedis() {
  if (redis_->Terminate(seconds(30))) return absl::OkStatus();
  return absl::DeadlineExceededError("redis-server does not end");
}

absl::Status Stack::ResumeRedis() {
  auto redis = Process::Start({.command = {"bash", SourceDir() + "/deploy/local/redis", "run",
                                           redis_folder(), std::to_string(redis_port_)},
                               .environment = {},
                               .log = folder_.path() + "/redis.log"});
  if (!redis.ok()) return redis.status();
  redis_ = std::move(*redis);
  return absl::OkStatus();
}

std::string Stack::redis_url() const { return "redis://" + Loopback(redis_port_); }

bus::Publisher& Stack::publisher() {
  if (!producer_) {
    producer_ = std::make_unique<Producer>();
    producer_->publisher = std::make_unique<bus::KafkaPublisher>(
        kafka_->settings(), bus::KafkaPublisher::Options{.client_id = "paperwire-tests"},
        producer_->metrics);
  }
  return *producer_->publisher;
}

std::vector<std::string> Stack::service_names() const {
  std::vector<std::string> names;
  for (const auto& [name, service] : services_) names.push_back(name);
  return names;
}

std::vector<std::string> Stack::CommandOf(const std::string& name) const {
  const std::string program = name.substr(0, name.find('-'));
  std::vector<std::string> command = {ProgramPath(program),
                                      "--kafka-brokers",
                                      kafka_->bootstrap(),
                                      "--kafka-session-timeout",
                                      "6s",
                                      "--redis-url",
                                      redis_url(),
                                      "--log-level",
                                      log_level_};
  const auto add = [&](const std::string& flag, const std::string& value) {
    command.push_back(flag);
    command.push_back(value);
  };
  if (program == "ingest") {
    add("--metrics-listen", Loopback(ingest_metrics_port_));
    return command;
  }
  const Service& service = services_.at(name);
  add("--metrics-listen", Loopback(service.metrics_port));
  if (program == "serve") {
    add("--grpc-listen", Loopback(service.grpc_port));
    add("--http-listen", Loopback(service.http_port));
    add("--operator-listen", Loopback(service.operator_port));
    add("--feed-clock", feed_clock_);
  }
  command.insert(command.end(), service.arguments.begin(), service.arguments.end());
  return command;
}

void Stack::SetArguments(const std::string& name, std::vector<std::string> arguments) {
  services_.at(name).arguments = std::move(arguments);
}

absl::Status Stack::StartService(const std::string& name) {
  auto process = Process::Start(
      {.command = CommandOf(name), .environment = {}, .log = folder_.path() + "/" + name + ".log"});
  if (!process.ok()) return process.status();
  services_.at(name).process = std::move(*process);
  return absl::OkStatus();
}

absl::Status Stack::StartServices() {
  for (const auto& [name, service] : services_) {
    if (auto status = StartService(name); !status.ok()) return status;
  }
  for (const auto& [name, service] : services_) {
    if (auto status = WaitUntilReady(name, seconds(60)); !status.ok()) return status;
  }
  return absl::OkStatus();
}

HttpAnswer Stack::Readiness(const std::string& name) const {
  return HttpGet(services_.at(name).metrics_port, "/readyz");
}

std::string Stack::Metrics(const std::string& name) const {
  return HttpGet(services_.at(name).metrics_port, "/metrics").body;
}

absl::Status Stack::WaitUntilReady(const std::string& name, milliseconds timeout) {
  HttpAnswer answer;
  const bool ready = WaitUntil(timeout, [&] {
    answer = Readiness(name);
    return answer.status == 200;
  });
  if (ready) return absl::OkStatus();
  return absl::DeadlineExceededError(name + " is not ready: " + std::to_string(answer.status) +
                                     " " + answer.body);
}

absl::StatusOr<std::unique_ptr<Process>> Stack::StartIngest(const std::string& folder) {
  return StartIngestWith({"--from", folder});
}

absl::StatusOr<Finished> Stack::Ingest(const std::string& folder) {
  return IngestWith({"--from", folder});
}

absl::StatusOr<std::unique_ptr<Process>> Stack::StartIngestWith(
    const std::vector<std::string>& arguments) {
  auto command = CommandOf("ingest");
  command.emplace_back("--once");
  command.insert(command.end(), arguments.begin(), arguments.end());
  return Process::Start(
      {.command = std::move(command), .environment = {}, .log = folder_.path() + "/ingest.log"});
}

absl::StatusOr<Finished> Stack::IngestWith(const std::vector<std::string>& arguments) {
  auto process = StartIngestWith(arguments);
  if (!process.ok()) return process.status();
  const auto code = (*process)->Wait(seconds(120));
  return Finished{.exit_code = code.value_or(124), .output = (*process)->Output()};
}

absl::StatusOr<Finished> Stack::Tool(std::vector<std::string> words) {
  words.insert(words.begin(), ProgramPath("paperwire"));
  words.insert(words.end(), {"--kafka-brokers", kafka_->bootstrap()});
  return RunProgram({.command = std::move(words)}, seconds(60));
}

absl::Status Stack::Publish(std::vector<bus::Message> messages) {
  std::mutex mutex;
  absl::Status first;
  for (auto& message : messages) {
    publisher().Publish(std::move(message), [&](const absl::Status& status) {
      const std::lock_guard lock(mutex);
      first.Update(status);
    });
  }
  if (auto status = publisher().Flush(seconds(60)); !status.ok()) return status;
  const std::lock_guard lock(mutex);
  return first;
}

uint16_t Stack::http_port(int replica) const {
  return services_.at(ReplicaName(replica)).http_port;
}

std::string Stack::grpc_address(int replica) const {
  return Loopback(services_.at(ReplicaName(replica)).grpc_port);
}

std::string Stack::operator_address() const {
  return Loopback(services_.at("serve").operator_port);
}

bool Stack::WaitForCount(int count, milliseconds timeout) {
  return WaitUntil(timeout, [&] {
    for (const auto& feed : feeds_) {
      if (const auto now = feed->Count(); !now.ok() || *now != count) return false;
    }
    return true;
  });
}

LedgerSum Stack::WaitForLedger(int served, milliseconds timeout) {
  LedgerSum sum;
  WaitUntil(timeout, [&] {
    const auto status = feed().Status();
    if (!status.ok()) return false;
    sum = SumOf(*status);
    return sum.served == served && sum.pending == 0 && sum.balanced;
  });
  return sum;
}

std::string Stack::MakeFolder(const std::string& name) {
  const std::string path = folder_.path() + "/" + name;
  std::filesystem::create_directories(path);
  return path;
}

std::string Stack::LogTails() const {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().extension() != ".log") continue;
    text += "--- " + entry.path().filename().string() + "\n" + Tail(ReadFile(entry.path()), 15);
  }
  return text;
}

}  // namespace paperwire::support
