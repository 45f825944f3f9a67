#include "tools/broker/serve.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "libs/events/topics.h"
#include "tools/broker/embedded_broker.h"

namespace paperwire::broker {

const char kBanner[] =
    "This is the embedded broker: a quick start on one machine, and not Kafka.\n"
    "It keeps everything in memory: what it holds is gone when it stops.\n"
    "Past 5 MiB a partition it drops the oldest records without a word.\n"
    "It has no TLS, no passwords and no replicas. For anything that matters, use Kafka.\n";

namespace {

// Written beside the file and renamed, so that a reader never sees half an address.
absl::Status WriteAddress(const std::string& path, const std::string& address) {
  const std::string fresh = path + ".part";
  std::ofstream file(fresh);
  file << address << '\n';
  file.close();
  if (!file) {
    return absl::InvalidArgumentError("--address-file: cannot write " + fresh);
  }
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  if (error) {
    return absl::InvalidArgumentError("--address-file: cannot write " + path + ": " +
                                      error.message());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Serve(service::Context& context, const Config& config) {
  std::fputs(kBanner, stderr);
  auto broker = EmbeddedBroker::Start();
  if (!broker.ok()) {
    return broker.status();
  }
  for (const events::Topic& topic : events::Topics()) {
    absl::Status created = (*broker)->CreateTopic(topic.name, static_cast<int>(config.partitions));
    if (!created.ok()) {
      return created;
    }
  }
  const std::string address = (*broker)->bootstrap();
  if (!config.address_file.empty()) {
    if (absl::Status written = WriteAddress(config.address_file, address); !written.ok()) {
      return written;
    }
  }
  std::printf("bootstrap %s\n", address.c_str());
  std::fflush(stdout);
  context.health.SetReady("broker", true);
  while (context.clock.SleepFor(std::chrono::hours(1), context.stop)) {
  }
  return absl::OkStatus();
}

}  // namespace paperwire::broker
