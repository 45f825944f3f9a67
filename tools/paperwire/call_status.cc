#include "tools/paperwire/call_status.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/unknown_field_set.h"

namespace paperwire::cli {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

constexpr char kBadRequest[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr int64_t kLongestDelay = 24LL * 60 * 60;

// The values of field `number` of a serialized message that holds texts or messages there: gRPC is
// installed without google.rpc's own types.
std::vector<std::string> Values(const std::string& message, int number) {
  std::vector<std::string> values;
  UnknownFieldSet fields;
  if (!fields.ParseFromString(message)) return values;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      values.push_back(field.length_delimited());
    }
  }
  return values;
}

std::string FirstValue(const std::string& message, int number) {
  std::vector<std::string> values = Values(message, number);
  return values.empty() ? "" : std::move(values.front());
}

// What the violations of a BadRequest say that `message` does not.
std::string UnsaidViolations(const std::string& message, const std::string& bad_request) {
  std::string said;
  for (const std::string& violation : Values(bad_request, 1)) {
    const std::string field = FirstValue(violation, 1);
    if (field.empty() || message.find(field) != std::string::npos) continue;
    said += (said.empty() ? "" : "; ") + field + ": " + FirstValue(violation, 2);
  }
  return said;
}

}  // namespace

absl::Status CallStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  std::string message = status.error_message();
  std::vector<google::protobuf::Any> details;
  for (const std::string& value : Values(status.error_details(), 3)) {
    google::protobuf::Any any;
    if (!any.ParseFromString(value)) continue;
    if (any.type_url() == kBadRequest) {
      const std::string unsaid = UnsaidViolations(message, any.value());
      if (!unsaid.empty()) message += " (" + unsaid + ")";
    }
    details.push_back(std::move(any));
  }
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), message);
  for (const auto& any : details) result.SetPayload(any.type_url(), absl::Cord(any.value()));
  return result;
}

std::optional<std::chrono::milliseconds> RetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryInfo);
  if (!payload.has_value()) return std::nullopt;
  google::protobuf::Duration delay;
  if (!delay.ParseFromString(FirstValue(std::string(*payload), 1)) || delay.seconds() < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(std::min(delay.seconds(), kLongestDelay)) +
         std::chrono::milliseconds(delay.nanos() / 1000000);
}

}  // namespace paperwire::cli
