#pragma once

#include <string>
#include <string_view>

namespace paperwire::bus {

// "paperwire_<service>_<what>", with '_' for what a metric's name may not hold.
inline std::string MetricName(std::string_view service, std::string_view what) {
  std::string name = "paperwire_" + std::string(service) + "_" + std::string(what);
  for (char& c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!allowed) c = '_';
  }
  return name;
}

}  // namespace paperwire::bus
