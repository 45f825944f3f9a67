#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/http/client.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "services/ingest/arxiv.h"
#include "services/ingest/arxiv_rules.h"
#include "services/ingest/arxiv_state.h"

namespace paperwire::ingest {

// Arxiv over an http::Client, with its memory in an ArxivState, so that other processes and the
// next one honour what arXiv asked of this one. Where the store is away nothing is asked.
//
// One line of defence each: a host that limits us rests (arxiv_rules.h), and is waited for up to
// kPatience; one that fails is asked again up to twice, then rests; a 403 stops everything for a
// day. Every hop of a redirect takes its turn too, and leads to a configured host only.
class PoliteArxiv final : public Arxiv {
 public:
  struct Endpoint {
    // "https://rss.arxiv.org". Its host, and no other, may be asked and redirected to.
    std::string base_url;
    // For one request to a URL that begins so.
    std::chrono::milliseconds timeout = std::chrono::seconds(60);
  };
  struct Options {
    std::vector<Endpoint> endpoints = {};
    // Of the lease: ArxivLease::owner().
    std::string owner = {};
    // In the User-Agent, so that arXiv can reach whoever runs this.
    std::string contact = {};
    std::chrono::milliseconds request_interval = std::chrono::seconds(3);
    // Told before each wait how long it will be at least, and why; may be empty.
    std::function<void(std::chrono::milliseconds, const std::string&)> on_wait = {};
  };
  // A host that rests for longer is not waited for.
  static constexpr std::chrono::milliseconds kPatience = std::chrono::minutes(2);

  PoliteArxiv(http::Client& client, ArxivState& state, const clock::Clock& clock, Options options,
              prometheus::Registry& metrics);

  Answer Ask(const std::string& url, bool conditional, std::stop_token stop) override;
  void Keep() override;
  void Drop() override;
  uint32_t requests() const override { return requests_made_; }

 private:
  struct Exchange {
    Answer answer;
    bool stopped = false;
    int status = 0;
    std::chrono::milliseconds retry_after{0};
    Validators validators;
    // Where a redirect leads to.
    std::string next;
  };

  // Waits until `host` may be asked, which is then to be done at once; `known` is what is known of
  // it. Nothing: ask; else what to answer instead.
  std::optional<Answer> AwaitTurn(const std::string& host, HostState& known, std::stop_token stop);
  Exchange Send(const std::string& url, std::chrono::milliseconds timeout,
                const Validators& validators, std::stop_token stop);
  void FollowRedirect(const std::string& url, const http::FetchResponse& response,
                      Exchange& exchange) const;
  // What the store knows of a host, or this process where it knows better.
  absl::StatusOr<HostState> Recall(const std::string& host);
  void Remember(const std::string& host, const HostState& state);
  bool Wait(std::chrono::milliseconds pause, const std::string& why, std::stop_token stop);
  // "12:34 UTC", in `rest` from now.
  std::string TimeIn(std::chrono::milliseconds rest) const;
  std::chrono::milliseconds TimeoutOf(const std::string& url) const;
  double Chance() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  http::Client& client_;
  ArxivState& state_;
  const clock::Clock& clock_;
  const Options options_;
  // As FetchRequest::allowed_hosts.
  std::vector<std::string> hosts_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Gauge>& rests_until_;
  prometheus::Histogram& seconds_;

  struct Known {
    HostState state;
    clock::SteadyTime rested;
  };
  // What this process has found out itself: the store may lose it, or be away when it is told.
  std::map<std::string, Known> known_;
  std::map<std::string, Validators> unkept_;
  uint32_t requests_made_ = 0;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace paperwire::ingest
