// The control path: what tests in other processes and people steer the endpoint with.
#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "tests/support/llm/desk.h"

namespace paperwire::stand_in {
namespace {

using nlohmann::json;

json ToJson(const CallCounts& counts) {
  return {{"calls", counts.calls},
          {"in_flight", counts.in_flight},
          {"most_in_flight", counts.most_in_flight},
          {"left", counts.left},
          {"answered", counts.answered},
          {"input_tokens", counts.input_tokens},
          {"output_tokens", counts.output_tokens},
          {"bytes", counts.bytes},
          {"by_fault", counts.by_fault},
          {"papers", counts.by_paper.size() - counts.by_paper.count("")},
          {"most_of_one_paper", counts.most_of_one_paper()}};
}

// False: no such member of a manner.
bool SetMember(const std::string& name, const json& value, Manner& manner) {
  if (name == "delay_ms") {
    manner.delay = std::chrono::milliseconds(value.get<int64_t>());
  } else if (name == "delay_spread_ms") {
    manner.delay_spread = std::chrono::milliseconds(value.get<int64_t>());
  } else if (name == "json_schema_refused") {
    manner.json_schema_refused = value;
  } else if (name == "json_object_refused") {
    manner.json_object_refused = value;
  } else if (name == "wants_max_completion_tokens") {
    manner.wants_max_completion_tokens = value;
  } else if (name == "tells_usage") {
    manner.tells_usage = value;
  } else if (name == "api_key") {
    manner.api_key = value;
  } else if (name == "model") {
    manner.model = value;
  } else if (name == "capacity") {
    manner.capacity = value;
  } else if (name == "seed") {
    manner.seed = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Reply Desk::Control(const std::string& method, const std::string& body) {
  Reply reply;
  if (method == "POST") {
    const absl::Status done = Order(body);
    if (!done.ok()) {
      reply.status = 400;
      reply.body = json{{"error", std::string(done.message())}}.dump() + "\n";
      return reply;
    }
  }
  reply.body = ToJson(counts()).dump(2) + "\n";
  return reply;
}

absl::Status Desk::Order(const std::string& text) try {
  const json order = json::parse(text);
  if (!order.is_object()) return absl::InvalidArgumentError("an object is needed");
  for (const auto& [name, value] : order.items()) {
    Manner changed = manner();
    if (name == "misbehave" || name == "outage") {
      for (const json& one : value.is_array() ? value : json::array({value})) {
        absl::StatusOr<Misbehaviour> misbehaviour = ParseMisbehaviour(one.dump());
        if (!misbehaviour.ok()) return misbehaviour.status();
        name == "outage" ? SetOutage(*misbehaviour) : Misbehave(*misbehaviour);
      }
    } else if (name == "well") {
      SetOutage(std::nullopt);
    } else if (name == "behave") {
      Behave();
    } else if (name == "forget") {
      Forget();
    } else if (name == "shares") {
      changed.shares.clear();
      for (const auto& [fault_name, share] : value.items()) {
        const std::optional<Fault> fault = ParseFault(fault_name);
        if (!fault) {
          return absl::InvalidArgumentError(fmt::format("unknown fault \"{}\"", fault_name));
        }
        changed.shares[*fault] = share;
      }
      SetManner(changed);
    } else if (SetMember(name, value, changed)) {
      SetManner(changed);
    } else {
      return absl::InvalidArgumentError("unknown order " + name);
    }
  }
  return absl::OkStatus();
} catch (const json::exception& error) {
  return absl::InvalidArgumentError(error.what());
}

}  // namespace paperwire::stand_in
