#pragma once

#include <chrono>
#include <optional>

#include "absl/time/civil_time.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::ingest {

struct Look {
  clock::WallTime at;
  // Only to see whether the batch is out.
  bool glance = false;
};

// When to look again after `last`, given what is known at `now`:
//  a refusal (403): in 24 hours, as arXiv asks;
//  Kafka or Redis failed: in a minute; in 15 minutes when arXiv was asked before they did;
//  an answer could not be had: in an hour;
//  today's batch is due and not out: in 15 minutes, a glance;
//  otherwise at the next multiple of `every` after 05:30 UTC, shifted by `jitter`. (With 8h: 05:30,
//  13:30, 21:30; the first sees the whole batch in summer and winter time.)
// Pure.
Look NextLook(clock::WallTime now, std::chrono::milliseconds every,
              std::chrono::milliseconds jitter, const v1::Cycle& last, bool parts_failed,
              std::optional<absl::CivilDay> newest_batch);

}  // namespace paperwire::ingest
