#include "services/ingest/reading.h"

#include <utility>

namespace paperwire::ingest {

std::optional<absl::Time> Record::FirstSubmitted() const {
  if (versions.empty() || versions.front().number != 1) return std::nullopt;
  return versions.front().submitted;
}

void Reading::PassOver(std::string id, std::string reason) {
  ++passed_over;
  if (reasons.size() < kMaxReasons) reasons.push_back({std::move(id), std::move(reason)});
}

std::string Reading::WhatWasPassedOver() const {
  if (reasons.empty()) return {};
  const PassedOver& first = reasons.front();
  return std::to_string(passed_over) + " passed over, first " +
         (first.id.empty() ? "" : first.id + ": ") + first.reason;
}

}  // namespace paperwire::ingest
