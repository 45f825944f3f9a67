#include "services/ingest/arxiv_lease.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "libs/telemetry/log.h"

namespace paperwire::ingest {
namespace {

std::string RandomOwner() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

}  // namespace

ArxivLease::ArxivLease(ArxivState& state, const clock::Clock& clock, Options options)
    : state_(state), clock_(clock), options_(options), owner_(RandomOwner()) {}

ArxivLease::~ArxivLease() { Release(); }

absl::Status ArxivLease::Acquire(std::optional<std::chrono::milliseconds> patience,
                                 std::stop_token stop) {
  const clock::SteadyTime since = clock_.SteadyNow();
  bool said = false;
  for (;;) {
    const absl::StatusOr<bool> taken = state_.TakeLease(owner_, options_.ttl);
    if (taken.ok() && *taken) break;
    held_ = false;
    const absl::Status why =
        taken.ok() ? absl::FailedPreconditionError(
                         "another ingest asks arXiv with the same Redis; only one may at a time")
                   : taken.status();
    if (patience && clock_.SteadyNow() - since >= *patience) return why;
    if (!std::exchange(said, true)) {
      telemetry::Log(telemetry::Level::kWarning, "waiting for the right to ask arXiv",
                     {{"status", why}});
    }
    auto pause = options_.prolong_every;
    if (patience) {
      const auto left = *patience - (clock_.SteadyNow() - since);
      pause = std::min(pause, std::chrono::ceil<std::chrono::milliseconds>(left));
    }
    if (!clock_.SleepFor(pause, stop)) return absl::CancelledError("stopped");
  }
  held_ = true;
  if (!prolonging_.joinable()) {
    prolonging_ = std::jthread([this](std::stop_token end) { Prolong(std::move(end)); });
  }
  return absl::OkStatus();
}

void ArxivLease::Release() {
  if (!prolonging_.joinable()) return;
  prolonging_.request_stop();
  prolonging_.join();
  if (!held_.exchange(false)) return;
  const absl::Status dropped = state_.DropLease(owner_);
  if (!dropped.ok()) {
    telemetry::Log(telemetry::Level::kWarning, "the lease runs out by itself",
                   {{"status", dropped}});
  }
}

void ArxivLease::Prolong(std::stop_token stop) {
  while (clock_.SleepFor(options_.prolong_every, stop)) {
    const absl::StatusOr<bool> taken = state_.TakeLease(owner_, options_.ttl);
    // A store that is away may still have it; asking is refused as long as it is away.
    if (!taken.ok()) continue;
    if (held_.exchange(*taken) && !*taken) {
      telemetry::Log(telemetry::Level::kError, "another ingest has taken the right to ask arXiv");
    }
  }
}

}  // namespace paperwire::ingest
