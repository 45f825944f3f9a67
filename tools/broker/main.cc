#include "libs/service/run.h"
#include "tools/broker/config.h"
#include "tools/broker/serve.h"

int main(int argc, char** argv) {
  return paperwire::service::Run<paperwire::broker::Config>(
      argc, argv,
      {.name = "broker",
       .description = "An in-memory stand-in for Kafka, for a quick start on one machine.",
       .metrics_listen = "127.0.0.1:9468"},
      paperwire::broker::Serve);
}
