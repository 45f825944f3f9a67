#pragma once

#include <cstdint>
#include <string>

#include "libs/bus/kafka_settings.h"
#include "libs/config/settings.h"

namespace paperwire::classify {

// The settings of classify; README.md has them as a table.
struct Config {
  bus::KafkaSettings kafka;
  std::string redis_url = "redis://127.0.0.1:6379";
  int64_t workers = 2;

  void Declare(config::Settings& settings);
};

}  // namespace paperwire::classify
