#pragma once

#include <string>

#include "absl/status/status.h"
#include "libs/bus/kafka_settings.h"
#include "libs/bus/subscriber.h"
#include "libs/service/run.h"

namespace paperwire::stage {

struct Options {
  // For the consumer group (paperwire-<service>), x-service and metric names: "summarize".
  std::string service;
  // The topic that is read; its retry tiers and dead-letter topic follow from it.
  std::string topic;
  int workers = 1;
  bus::KafkaSettings kafka;
  // Where crash markers are kept; empty: none are kept.
  std::string redis_url;
};

// Runs one stage of the pipeline, on Kafka and Redis, until context.stop is requested. Not ready,
// but up, for as long as no broker answers. Without Redis it goes on after ten seconds, with no
// crash rule until markers can be written. Errors: InvalidArgument (the Redis URL), or the first
// status whose fate is to stop the process (libs/bus/fate.h).
absl::Status Run(service::Context& context, const Options& options,
                 const bus::Subscriber::Handler& handler);

}  // namespace paperwire::stage
