#include "services/ingest/source.h"

#include <utility>

#include "libs/paper/text.h"

namespace paperwire::ingest {

void Harvest::Add(const std::string& source, std::string category, Reading&& reading) {
  v1::SourceOutcome& outcome = outcomes.emplace_back();
  outcome.set_source(paper::CleanLine(source));
  outcome.set_category(std::move(category));
  outcome.set_outcome(std::string(Slug(reading.outcome)));
  // What a server said may be no UTF-8, and a record with it would be unreadable.
  outcome.set_detail(paper::CleanLine(reading.detail));
  outcome.set_records(static_cast<uint32_t>(reading.papers.size()));
  readings.push_back(std::move(reading));
}

}  // namespace paperwire::ingest
