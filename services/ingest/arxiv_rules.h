#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "services/ingest/arxiv_state.h"
#include "services/ingest/outcome.h"

// What an answer of arXiv's means before it is read, and what follows for its host. Pure.
namespace paperwire::ingest {

// A refusal holds for all hosts, so long.
inline constexpr std::chrono::milliseconds kRefusalRest = std::chrono::hours(24);
// After so many limiting answers in a row a host rests for long, however short a pause they ask.
inline constexpr int kMostLimited = 5;

struct Verdict {
  Outcome outcome = Outcome::kOk;
  std::string detail = {};
};

// kOk: it is to be read, and may still turn out to be anything. `body` is not parsed but where an
// error may be told as a feed.
Verdict Judge(int status, std::string_view body);

enum class Bearing {
  kAnswers,  // whatever it says
  kLimits,   // wants us to slow down
  kFails,    // may do better when asked again
  kRefuses,  // wants us to stop
};
Bearing BearingOf(Outcome outcome, int status);

// What is known of a host after one more answer that limits us. It rests as long as `retry_after`
// says, or where that is zero a minute, then 5, 15 and 60 of them, longer by a quarter at most:
// `chance` in [0, 1) says how much.
HostState AfterLimit(HostState state, std::chrono::milliseconds retry_after, double chance);
// … and after one more round of attempts that all failed; the same rests.
HostState AfterFailure(HostState state, Outcome outcome, double chance);

// How many attempts a round has: three for a host that answered last time, else one.
int AttemptsFor(const HostState& state);
// How long to wait after the `attempt`th (from 1) of a round failed: 10 s, then 40 s, longer by
// half at most.
std::chrono::milliseconds PauseAfter(int attempt, double chance);

}  // namespace paperwire::ingest
