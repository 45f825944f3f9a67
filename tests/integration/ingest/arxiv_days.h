#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/bus/memory_bus.h"
#include "libs/clock/clock.h"
#include "libs/http/curl_client.h"
#include "paperwire/v1/events.pb.h"
#include "paperwire/v1/feed_service.pb.h"
#include "prometheus/registry.h"
#include "services/ingest/memory_arxiv_state.h"
#include "services/ingest/seen_set.h"
#include "tests/support/arxiv/arxiv_stand_in.h"

namespace paperwire::ingest {

// ingest, as it is composed, over HTTP against a stand-in for arXiv, on a clock that the test
// moves. Kafka and Redis are in memory. What was published is what is served.
class ArxivDays : public testing::Test {
 protected:
  // Cycles of invented June days: the 15th to the 30th, with a holiday on Friday the 19th. It is
  // half past five (UTC) on Tuesday the 23rd.
  explicit ArxivDays(const arxiv::StandInOptions& options = {});

  // A new process each time. Its outcome is in `cycles_` too.
  v1::Cycle Run(bool glance = false);
  // The same, and the bus is gone after `records` records of papers, batches and cycles.
  void RunCutOff(int records);
  void SetNow(const std::string& time);
  // Sets the time to half past five (UTC) of that day in June.
  void Morning(int day);

  // The ids that the day's announcements make new, told by the world and not by our code.
  std::set<std::string> NewOn(absl::CivilDay day) const;
  // The ids published with this announcement date.
  std::set<std::string> PublishedOn(absl::CivilDay day) const;
  // Every record on new-paper.
  std::vector<v1::NewPaper> Published() const;
  // The newest record of the date on `batches`; empty when there is none.
  v1::Batch BatchOf(absl::CivilDay day) const;
  std::map<std::string, v1::Batch> Batches() const;

  // What serve's ledger and the feed's state make of it.
  v1::LedgerDay Ledger(absl::CivilDay day) const;
  v1::FeedState State() const;
  std::string Sentence() const;

  // The day's list is arXiv's own: declared, published and balanced, each paper once.
  void ExpectWhole(absl::CivilDay day) const;
  // The source outcomes of the last cycle with that slug.
  int Count(const std::string& outcome) const;

  clock::FakeClock clock_;
  arxiv::ArxivStandIn arxiv_;
  http::CurlClient client_;
  prometheus::Registry metrics_;
  MemoryArxivState state_;
  bus::MemoryBroker broker_;
  bus::MemoryPublisher publisher_{broker_};
  MemorySeenSet seen_;
  window::MemoryGenerations generations_;
  std::vector<std::string> categories_ = {"cs.LG", "stat.ML"};
  std::vector<v1::Cycle> cycles_;
  // Of the next run; negative: no end.
  int records_left_ = -1;
  // How often arXiv had been asked when the run published its first paper.
  size_t asked_before_papers_ = 0;
};

}  // namespace paperwire::ingest
