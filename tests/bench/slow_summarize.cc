// summarize with a wait in every paper (slow_stage.h).
#include "libs/events/topics.h"
#include "services/summarize/config.h"
#include "services/summarize/handler.h"
#include "tests/bench/slow_stage.h"

int main(int argc, char** argv) {
  namespace summarize = paperwire::summarize;
  return paperwire::bench::RunSlowly<summarize::Config, summarize::Handler>(
      argc, argv, "summarize", paperwire::events::kNewPaper);
}
