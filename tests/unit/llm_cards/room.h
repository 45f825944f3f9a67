#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/llm/leases.h"
#include "libs/llm/result_cache.h"
#include "prometheus/registry.h"
#include "services/summarize/llm_summarizer.h"
#include "tests/unit/llm_cards/scripted.h"

namespace paperwire::llm_cards {

// A summarizer with two scripted models, and what it stands on.
struct Room {
  explicit Room(size_t models = 1) {
    std::vector<summarize::LlmSummarizer::Model> all;
    if (models > 0) all.push_back({first, "small-1", "0011"});
    if (models > 1) all.push_back({second, "large-1", "0022"});
    summarizer = std::make_unique<summarize::LlmSummarizer>(
        std::move(all), cache, leases, summarize::LlmSummarizer::Options(), clock, metrics);
  }

  // The value of the counter of that outcome.
  double Count(const std::string& name, const std::string& outcome) const {
    for (const prometheus::MetricFamily& family : metrics.Collect()) {
      if (family.name != name) continue;
      for (const prometheus::ClientMetric& metric : family.metric) {
        if (metric.label.at(0).value == outcome) return metric.counter.value;
      }
    }
    return -1;
  }
  double Cards(const std::string& outcome) const {
    return Count("paperwire_summarize_llm_cards_total", outcome);
  }

  // The day after the paper was announced.
  clock::FakeClock clock{clock::WallTime(std::chrono::hours(24 * 20468))};
  prometheus::Registry metrics;
  ScriptedAsker first;
  ScriptedAsker second;
  llm::MemoryResultCache cache{clock};
  llm::MemoryLeases store{clock};
  llm::LeaseKeeper leases{store};
  std::unique_ptr<summarize::LlmSummarizer> summarizer;
};

}  // namespace paperwire::llm_cards
