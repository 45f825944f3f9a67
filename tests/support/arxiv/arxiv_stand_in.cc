#include "tests/support/arxiv/arxiv_stand_in.h"

#include <utility>

#include "fmt/format.h"
#include "tests/support/arxiv/front.h"

namespace paperwire::arxiv {

ArxivStandIn::ArxivStandIn(const World& world, const clock::Clock& clock, StandInOptions options)
    : front_(std::make_unique<Front>(world, clock, std::move(options))) {}

ArxivStandIn::~ArxivStandIn() = default;

uint16_t ArxivStandIn::port() const { return front_->door_.port(); }

std::string ArxivStandIn::url() const { return fmt::format("http://127.0.0.1:{}", port()); }

World& ArxivStandIn::world() { return front_->world_; }

void ArxivStandIn::Misbehave(Misbehaviour misbehaviour) {
  front_->mischief_.Add(std::move(misbehaviour));
}

void ArxivStandIn::Behave() { front_->Behave(); }

int ArxivStandIn::Count(Fault fault) const { return front_->mischief_.Taken(fault); }

void ArxivStandIn::RebuildFeeds() { front_->RebuildFeeds(); }

std::vector<Asked> ArxivStandIn::requests() const { return front_->Requests(); }

void ArxivStandIn::ForgetRequests() { front_->ForgetRequests(); }

std::vector<std::string> BadManners(const std::vector<Asked>& requests,
                                    std::chrono::milliseconds apart) {
  std::vector<std::string> wrong;
  for (size_t i = 0; i < requests.size(); ++i) {
    const Asked& asked = requests[i];
    const std::string where = fmt::format("request {} ({})", i + 1, asked.target);
    if (asked.in_flight > 1) wrong.push_back(where + ": came while another was being answered");
    if (i > 0) {
      const auto gap = std::chrono::duration_cast<std::chrono::milliseconds>(
          asked.steady - requests[i - 1].steady);
      if (gap < apart) {
        wrong.push_back(fmt::format("{}: {} ms after the one before", where, gap.count()));
      }
    }
    const auto agent = asked.headers.find("user-agent");
    if (agent == asked.headers.end() || (agent->second.find('@') == std::string::npos &&
                                         agent->second.find("http") == std::string::npos)) {
      wrong.push_back(where + ": no contact in the User-Agent");
    }
    if (!asked.headers.contains("accept")) wrong.push_back(where + ": no Accept");
  }
  return wrong;
}

}  // namespace paperwire::arxiv
