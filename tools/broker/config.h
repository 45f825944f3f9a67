#pragma once

#include <cstdint>
#include <string>

#include "libs/config/settings.h"

namespace paperwire::broker {

// The settings of the embedded broker.
struct Config {
  // Where the address is written, for scripts; empty: nowhere.
  std::string address_file;
  // Of every topic.
  int64_t partitions = 12;

  void Declare(config::Settings& settings);
};

}  // namespace paperwire::broker
