#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "libs/bus/handler.h"
#include "libs/bus/kafka_settings.h"
#include "libs/service/run.h"

namespace paperwire::stage {

struct Options {
  // For the consumer group (paperwire-<service>), x-service and metric names: "summarize".
  std::string service;
  // The topic that is read; its retry tiers and dead-letter topic follow from it.
  std::string topic;
  int workers = 1;
  // The handler takes seconds for a record, which it spends outside (libs/bus/attempt.h).
  bool slow = false;
  bus::KafkaSettings kafka;
  // Where crash markers are kept; empty: none are kept.
  std::string redis_url;
};

// A second topic, read by the same process in a group of its own once nothing of the stage's topic
// waits anywhere. It has dead letters and no retry tiers; while its handler answers Unavailable the
// process stays ready. Slow.
struct Beside {
  // The consumer group is paperwire-<name>: "upgrade".
  std::string name;
  std::string topic;
  int workers = 1;
  // No record is begun while it says no. Asked many times a second, from another thread; must not
  // block. Null: always.
  std::function<bool()> gate;
  bus::Handler handler;
};

// Runs one stage of the pipeline, on Kafka and Redis, until context.stop is requested; then waits
// for what is in flight for two thirds of context.grace. Not ready, but up, for as long as no
// broker answers. Without Redis it goes on after ten seconds, with no crash rule until markers can
// be written. Errors: InvalidArgument (the Redis URL), or the first status whose fate is to stop
// the process (libs/bus/fate.h), of either handler.
absl::Status Run(service::Context& context, const Options& options, const bus::Handler& handler);
absl::Status Run(service::Context& context, const Options& options, const bus::Handler& handler,
                 const Beside& beside);

}  // namespace paperwire::stage
