#include "libs/service/run.h"
#include "services/classify/compose.h"
#include "services/classify/config.h"

int main(int argc, char** argv) {
  return paperwire::service::Run<paperwire::classify::Config>(
      argc, argv,
      {.name = "classify",
       .description = "Gives every card its tags",
       .metrics_listen = "127.0.0.1:9466"},
      paperwire::classify::Serve);
}
