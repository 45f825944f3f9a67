#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "paperwire/v1/events.pb.h"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// What one look at a source brought: readings, and how each request or file ended.
struct Harvest {
  std::vector<Reading> readings;
  std::vector<v1::SourceOutcome> outcomes;
  uint32_t requests = 0;

  // Adds a reading and its outcome.
  void Add(const std::string& source, std::string category, Reading&& reading);
};

// Where papers come from: arXiv's feeds, a directory, the sample day. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  // Reads all there is. What fails is in the outcomes.
  virtual Harvest Collect(std::stop_token stop) = 0;
};

}  // namespace paperwire::ingest
