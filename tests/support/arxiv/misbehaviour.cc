#include "tests/support/arxiv/misbehaviour.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace paperwire::arxiv {
namespace {

constexpr std::array<std::pair<Fault, std::string_view>, 25> kNames = {{
    {Fault::kRateExceeded, "rate-exceeded"},
    {Fault::kRateExceeded200, "rate-exceeded-200"},
    {Fault::kEmptyBody, "empty-body"},
    {Fault::kEmptyRedirect, "empty-redirect"},
    {Fault::kAccessDenied, "access-denied"},
    {Fault::kNotAcceptable, "not-acceptable"},
    {Fault::kUnavailable, "unavailable"},
    {Fault::kServerError, "server-error"},
    {Fault::kNoResults, "no-results"},
    {Fault::kEmptyPage, "empty-page"},
    {Fault::kStall, "stall"},
    {Fault::kStale, "stale"},
    {Fault::kDateBehind, "date-behind"},
    {Fault::kRepeat, "repeat"},
    {Fault::kTruncated, "truncated"},
    {Fault::kCut, "cut"},
    {Fault::kReset, "reset"},
    {Fault::kTokenShift, "token-shift"},
    {Fault::kBadToken, "bad-token"},
    {Fault::kNoRecords, "no-records"},
    {Fault::kOldFormat, "old-format"},
    {Fault::kHtml, "html"},
    {Fault::kNotFound, "not-found"},
    {Fault::kDropNew, "drop-new"},
    {Fault::kHide, "hide"},
}};

bool Matches(const Misbehaviour& misbehaviour, std::string_view endpoint, std::string_view host,
             std::string_view categories, bool later_page) {
  const Fault fault = misbehaviour.fault;
  if ((fault == Fault::kEmptyPage || fault == Fault::kBadToken) && !later_page) return false;
  if (fault == Fault::kTokenShift && later_page) return false;
  if (!misbehaviour.endpoint.empty() && misbehaviour.endpoint != endpoint) return false;
  if (!misbehaviour.host.empty() && misbehaviour.host != host) return false;
  return categories.find(misbehaviour.category) != std::string_view::npos;
}

}  // namespace

std::string_view Name(Fault fault) {
  for (const auto& [known, name] : kNames) {
    if (known == fault) return name;
  }
  return "";
}

std::optional<Fault> ParseFault(std::string_view name) {
  for (const auto& [fault, known] : kNames) {
    if (known == name) return fault;
  }
  return std::nullopt;
}

absl::StatusOr<Misbehaviour> ParseMisbehaviour(std::string_view json) {
  Misbehaviour misbehaviour;
  try {
    const nlohmann::json object = nlohmann::json::parse(json);
    const auto name = object.at("fault").get<std::string>();
    const std::optional<Fault> fault = ParseFault(name);
    if (!fault) return absl::InvalidArgumentError(fmt::format("unknown fault \"{}\"", name));
    misbehaviour.fault = *fault;
    misbehaviour.endpoint = object.value("endpoint", "");
    misbehaviour.host = object.value("host", "");
    misbehaviour.category = object.value("category", "");
    misbehaviour.skip = object.value("skip", 0);
    misbehaviour.times = object.value("always", false) ? kAlways : object.value("times", 1);
    if (object.contains("retry_after")) {
      misbehaviour.retry_after = object.at("retry_after").get<std::string>();
    }
    misbehaviour.delay = std::chrono::milliseconds(object.value("delay_ms", 0));
    misbehaviour.count = object.value("count", 1);
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return misbehaviour;
}

void Mischief::Add(Misbehaviour misbehaviour) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(misbehaviour));
}

void Mischief::Clear() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

std::optional<Misbehaviour> Mischief::Take(std::string_view endpoint, std::string_view host,
                                           std::string_view categories, bool later_page) {
  const std::lock_guard lock(mutex_);
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    if (!Matches(*at, endpoint, host, categories, later_page)) continue;
    if (at->skip > 0) {
      --at->skip;
      continue;
    }
    Misbehaviour taken = *at;
    if (at->times != kAlways && --at->times <= 0) waiting_.erase(at);
    ++taken_[taken.fault];
    return taken;
  }
  return std::nullopt;
}

int Mischief::Taken(Fault fault) const {
  const std::lock_guard lock(mutex_);
  const auto found = taken_.find(fault);
  return found == taken_.end() ? 0 : found->second;
}

}  // namespace paperwire::arxiv
