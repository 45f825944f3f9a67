// Serves the last seven days of cards over gRPC and HTTP.
#include "libs/service/run.h"
#include "services/serve/compose.h"
#include "services/serve/config.h"

int main(int argc, char** argv) {
  using namespace paperwire;
  return service::Run<serve::Config>(argc, argv,
                                     {.name = "serve",
                                      .description = "Serves the cards of the last seven days.",
                                      .metrics_listen = "127.0.0.1:9467"},
                                     serve::Serve);
}
