#include "services/ingest/compose.h"

int main(int argc, char** argv) {
  using paperwire::ingest::Config;
  return paperwire::service::Run<Config>(
      argc, argv,
      {.name = "ingest",
       .description = "Reads what arXiv announces and publishes each new paper once.",
       .metrics_listen = "127.0.0.1:9464"},
      paperwire::ingest::Serve);
}
