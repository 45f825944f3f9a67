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
  // A date: the first cycle goes back to it through the listings; empty: what is missing.
  std::string since;
  // Nothing is published and nothing remembered; with `print`, the papers are printed.
  bool dry_run = false;
  bool print = false;
  bool sample = false;
  bool probe = false;
  std::string feed_clock = "real";
  // A time to take for now, and a replay with it; empty: the clock's.
  std::string as_of;
  std::string old_cross_lists = "ignore";
  std::string contact;
  std::string rss_url = "https://rss.arxiv.org";
  std::string listing_url = "https://arxiv.org";
  std::string oai_url = "https://oaipmh.arxiv.org/oai";
  std::chrono::milliseconds request_interval = std::chrono::seconds(3);
  std::string redis_url = "redis://127.0.0.1:6379";
  bus::KafkaSettings kafka;

  void Declare(config::Settings& settings);

  // A replay: one cycle over what is there.
  bool recorded() const { return sample || !from.empty(); }
  // One cycle and out.
  bool single() const { return once || dry_run || recorded(); }
};

}  // namespace paperwire::ingest
