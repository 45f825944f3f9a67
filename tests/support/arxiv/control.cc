// The control endpoint: what tests in other processes and people steer the stand-in with.
#include <nlohmann/json.hpp>

#include "libs/calendar/calendar.h"
#include "tests/support/arxiv/front.h"

namespace paperwire::arxiv {
namespace {

using nlohmann::json;

json ToJson(const Asked& asked) {
  return {
      {"at", absl::FormatTime(absl::RFC3339_full, absl::FromChrono(asked.at), absl::UTCTimeZone())},
      {"method", asked.method},
      {"target", asked.target},
      {"endpoint", asked.endpoint},
      {"headers", asked.headers},
      {"status", asked.status},
      {"fault", asked.fault},
      {"connection", asked.connection},
      {"in_flight", asked.in_flight}};
}

}  // namespace

http::Response ArxivStandIn::Front::Control(const http::Request& request) {
  if (request.method == "POST") {
    std::string wrong;
    try {
      wrong = Apply(request.body);
    } catch (const json::exception& error) {
      wrong = error.what();
    }
    if (!wrong.empty()) return http::Response::Json(400, json{{"error", wrong}}.dump() + "\n");
  }
  json state = {{"now", absl::FormatTime(absl::RFC3339_sec, Now(), absl::UTCTimeZone())},
                {"papers", world_.size()},
                {"requests", json::array()}};
  if (request.path == "/_control/requests") {
    for (const Asked& asked : Requests()) state["requests"].push_back(ToJson(asked));
  } else {
    state["requests"] = Requests().size();
  }
  return http::Response::Json(200, state.dump(2) + "\n");
}

std::string ArxivStandIn::Front::Apply(const std::string& text) {
  const json order = json::parse(text);
  if (!order.is_object()) return "an object is needed";
  for (const auto& [name, value] : order.items()) {
    if (name == "misbehave") {
      for (const json& one : value.is_array() ? value : json::array({value})) {
        absl::StatusOr<Misbehaviour> misbehaviour = ParseMisbehaviour(one.dump());
        if (!misbehaviour.ok()) return std::string(misbehaviour.status().message());
        mischief_.Add(*std::move(misbehaviour));
      }
    } else if (name == "behave") {
      Behave();
    } else if (name == "rebuild") {
      RebuildFeeds();
    } else if (name == "forget") {
      ForgetRequests();
    } else if (name == "now" || name == "advance_s") {
      if (!options_.set_now) return "the clock cannot be set";
      absl::Time now = Now();
      if (name == "advance_s") {
        now += absl::Seconds(value.get<int64_t>());
      } else if (std::string error;
                 !absl::ParseTime(absl::RFC3339_full, value.get<std::string>(), &now, &error)) {
        return "now: " + error;
      }
      options_.set_now(now);
    } else if (name == "touch") {
      world_.Touch(value.get<std::string>(), Now());
    } else if (name == "replace") {
      const auto day = calendar::ParseDate(value.at("day").get<std::string>());
      if (!day) return "replace: day is a date such as 2026-06-23";
      const auto id = value.at("id").get<std::string>();
      if (world_.Replace(id, *day, value.value("withdrawn", false)) == 0) return "no paper " + id;
    } else {
      return "unknown order " + name;
    }
  }
  return "";
}

}  // namespace paperwire::arxiv
