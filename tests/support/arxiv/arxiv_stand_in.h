#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "tests/support/arxiv/misbehaviour.h"
#include "tests/support/arxiv/world.h"

namespace paperwire::arxiv {

// One request as it came.
struct Asked {
  // On the stand-in's clock.
  clock::WallTime at;
  clock::SteadyTime steady;
  std::string method = {};
  // As in the request line, with the query.
  std::string target = {};
  // "rss", "atom", "oai", "catchup", "list", "query", "other".
  std::string endpoint = {};
  // Lower-case names.
  std::map<std::string, std::string> headers = {};
  // Of the answer; 0 when there was none (stall, reset).
  int status = 0;
  // The fault that it got; empty: none.
  std::string fault = {};
  // Requests of one connection have one number.
  int connection = 0;
  // Requests that were being answered when it came, this one included.
  int in_flight = 1;
};

struct StandInOptions {
  // Port 0: a free one.
  std::string listen = "127.0.0.1:0";
  size_t oai_page_size = 2500;
  size_t oai_identifiers_page_size = 20000;
  size_t listing_page_size = 2000;
  size_t feed_limit = 2000;
  // Records can be harvested this long after their announcement.
  absl::Duration oai_lag = absl::Minutes(150);
  // A noRecordsMatch is kept for the same address until UTC midnight.
  bool oai_cdn = true;
  // 406 for requests without an Accept header.
  bool needs_accept = false;
  bool gzip = true;
  // What the control endpoint's "now" and "advance_s" call; null: refused. A FakeClock's Advance,
  // for example.
  std::function<void(absl::Time)> set_now = nullptr;
};

// arXiv on loopback: rss.arxiv.org (/rss, /atom), oaipmh.arxiv.org (/oai), arxiv.org (/catchup,
// /list) and export.arxiv.org (/api/query) behind one port. Every answer is made from the world as
// it is at the clock's moment. Serves until destroyed; thread-safe.
class ArxivStandIn {
 public:
  // `clock` must outlive it. Aborts when the address cannot be bound.
  ArxivStandIn(const World& world, const clock::Clock& clock, StandInOptions options = {});
  ~ArxivStandIn();
  ArxivStandIn(const ArxivStandIn&) = delete;
  ArxivStandIn& operator=(const ArxivStandIn&) = delete;

  uint16_t port() const;
  // "http://127.0.0.1:PORT": the base of all of ingest's --…-url settings. OAI-PMH is below /oai.
  std::string url() const;

  // May be changed while it serves.
  World& world();

  void Misbehave(Misbehaviour misbehaviour);
  // Takes every misbehaviour back, and forgets what the CDN keeps.
  void Behave();
  // How many requests got `fault`.
  int Count(Fault fault) const;

  // The feeds are built again: another lastBuildDate, another ETag.
  void RebuildFeeds();

  // In order of arrival.
  std::vector<Asked> requests() const;
  void ForgetRequests();

 private:
  class Front;
  std::unique_ptr<Front> front_;
};

// What is wrong with how the requests were made, one line each; empty when nothing is: less than
// `apart` between two of them on the stand-in's steady clock, two at once, no contact (an address
// with "@" or "http") in the User-Agent, no Accept.
std::vector<std::string> BadManners(const std::vector<Asked>& requests,
                                    std::chrono::milliseconds apart = std::chrono::seconds(3));

}  // namespace paperwire::arxiv
