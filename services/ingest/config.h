#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libs/bus/kafka_settings.h"
#include "libs/config/settings.h"

namespace paperwire::ingest {

// The settings of ingest.
struct Config {
  std::vector<std::string> categories = {"cs.LG", "stat.ML"};
  bool once = false;
  std::chrono::milliseconds every = std::chrono::hours(8);
  // A directory of recorded answers; empty: arXiv.
  std::string from;
  bool sample = false;
  bool probe = false;
  std::string feed_clock = "real";
  std::string contact;
  std::string rss_url = "https://rss.arxiv.org";
  std::chrono::milliseconds request_interval = std::chrono::seconds(3);
  std::string redis_url = "redis://127.0.0.1:6379";
  bus::KafkaSettings kafka;

  void Declare(config::Settings& settings);

  // A replay: one cycle over what is there.
  bool recorded() const { return sample || !from.empty(); }
  // One cycle and out.
  bool single() const { return once || recorded(); }
};

}  // namespace paperwire::ingest
