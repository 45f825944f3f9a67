#include "libs/telemetry/health.h"

#include <utility>

namespace paperwire::telemetry {

void Health::SetReady(std::string_view part, bool ready, std::string_view why) {
  std::lock_guard lock(mutex_);
  parts_[std::string(part)] = Part{.ready = ready, .why = std::string(why)};
}

void Health::SetDraining() {
  std::lock_guard lock(mutex_);
  draining_ = true;
}

void Health::AddLiveCheck(std::string_view part, std::function<bool()> check) {
  std::lock_guard lock(mutex_);
  checks_[std::string(part)] = std::move(check);
}

bool Health::ready() const {
  std::lock_guard lock(mutex_);
  if (draining_) return false;
  for (const auto& [name, part] : parts_) {
    if (!part.ready) return false;
  }
  return true;
}

bool Health::live() const {
  // Outside the lock, because a check may ask this object.
  std::map<std::string, std::function<bool()>, std::less<>> checks;
  {
    std::lock_guard lock(mutex_);
    checks = checks_;
  }
  for (const auto& [name, check] : checks) {
    if (!check()) return false;
  }
  return true;
}

std::string Health::Report() const {
  std::string report;
  std::map<std::string, std::function<bool()>, std::less<>> checks;
  {
    std::lock_guard lock(mutex_);
    checks = checks_;
    if (draining_) report += "process: draining\n";
    for (const auto& [name, part] : parts_) {
      report += name + (part.ready ? ": ready" : ": not ready");
      if (!part.ready && !part.why.empty()) report += ": " + part.why;
      report += '\n';
    }
  }
  for (const auto& [name, check] : checks) {
    report += name + (check() ? ": alive\n" : ": has stopped\n");
  }
  return report.empty() ? "ready\n" : report;
}

}  // namespace paperwire::telemetry
