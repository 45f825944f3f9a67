#pragma once

#include <cstdint>
#include <string>

#include "libs/bus/kafka_settings.h"
#include "libs/config/settings.h"
#include "libs/llm/llm_settings.h"

namespace paperwire::summarize {

// The settings of summarize; README.md has them as a table.
struct Config {
  bus::KafkaSettings kafka;
  std::string redis_url = "redis://127.0.0.1:6379";
  int64_t workers = 2;
  llm::LlmSettings llm;

  // Whether a language model is wanted for cards.
  bool AsksModels() const;

  void Declare(config::Settings& settings);
};

}  // namespace paperwire::summarize
