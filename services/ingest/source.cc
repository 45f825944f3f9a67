#include "services/ingest/source.h"

#include <algorithm>
#include <utility>

#include "libs/paper/text.h"

namespace paperwire::ingest {

bool Harvest::IsWhole() const {
  for (size_t i = 0; i < readings.size(); ++i) {
    const bool elsewhere =
        std::find(made_up_for.begin(), made_up_for.end(), i) != made_up_for.end();
    if (!IsGood(readings[i].outcome) && !elsewhere) return false;
  }
  return true;
}

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
