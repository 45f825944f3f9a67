#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "paperwire/v1/events.pb.h"
#include "services/ingest/reading.h"
#include "services/ingest/seen_set.h"

namespace paperwire::ingest {

// What one look at a source brought: readings, and how each request or file ended.
struct Harvest {
  std::vector<Reading> readings;
  // One for each reading.
  std::vector<v1::SourceOutcome> outcomes;
  uint32_t requests = 0;
  // Places of readings that failed, and that another reading makes up for.
  std::vector<size_t> made_up_for;
  // Every record that changed in OAI-PMH on or after this UTC date is among the readings, as of
  // `records_at`; nothing: OAI-PMH was not read whole.
  std::optional<absl::CivilDay> records_since;
  absl::Time records_at = absl::InfinitePast();
  // Dates whose listing was read and does not hold what it declares, and of which categories.
  std::map<absl::CivilDay, std::string> fruitless;
  // Announcement dates that are of interest; nothing: all that are told of.
  std::optional<absl::CivilDay> oldest;
  std::optional<absl::CivilDay> newest;

  // Adds a reading and its outcome.
  void Add(const std::string& source, std::string category, Reading&& reading);
  // Whether all that was asked for was told, be it by another reading.
  bool IsWhole() const;
};

// What is known before a look.
struct Known {
  absl::Time now;
  // By announcement date.
  const std::map<absl::CivilDay, v1::Batch>& batches;
  SeenSet& seen;
  // Only see whether a batch is out: no more is asked than that while it is not.
  bool glance = false;
  // Called at most once, and only while older dates are still to be asked for: what was read of the
  // newest date is whole, and what it announces as new need not wait for them.
  std::function<void(const Harvest& so_far, absl::CivilDay newest)> ahead = {};
};

// Where papers come from: arXiv, a directory, the sample day. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  // Reads all there is. What fails is in the outcomes. Errors: only those of the seen-set.
  virtual absl::StatusOr<Harvest> Collect(const Known& known, std::stop_token stop) = 0;
  // The last harvest was whole, and all of it has been published.
  virtual void Settle() {}
};

}  // namespace paperwire::ingest
