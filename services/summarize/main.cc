#include "libs/service/run.h"
#include "services/summarize/compose.h"
#include "services/summarize/config.h"

int main(int argc, char** argv) {
  return paperwire::service::Run<paperwire::summarize::Config>(
      argc, argv,
      {.name = "summarize",
       .description = "Makes a card from every new paper",
       .metrics_listen = "127.0.0.1:9465"},
      paperwire::summarize::Serve);
}
