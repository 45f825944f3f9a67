// classify with a wait in every paper (slow_stage.h).
#include "libs/events/topics.h"
#include "services/classify/config.h"
#include "services/classify/handler.h"
#include "tests/bench/slow_stage.h"

int main(int argc, char** argv) {
  namespace classify = paperwire::classify;
  return paperwire::bench::RunSlowly<classify::Config, classify::Handler>(
      argc, argv, "classify", paperwire::events::kSummarized);
}
