#include "services/serve/error_details.h"

#include "absl/strings/cord.h"
#include "fmt/format.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/paper/text.h"

namespace paperwire::serve {
namespace {

constexpr char kPrefix[] = "type.googleapis.com/";
constexpr char kBadRequest[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

// google.rpc's messages are not installed with gRPC; these few are small enough to write by hand.
void AddBytes(std::string& message, uint32_t field, std::string_view bytes) {
  google::protobuf::io::StringOutputStream stream(&message);
  google::protobuf::io::CodedOutputStream coded(&stream);
  constexpr uint32_t kLengthDelimited = 2;
  coded.WriteTag(field << 3 | kLengthDelimited);
  coded.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  coded.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
}

void AddNumber(std::string& message, uint32_t field, uint32_t number) {
  google::protobuf::io::StringOutputStream stream(&message);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.WriteTag(field << 3);
  coded.WriteVarint32(number);
}

std::string Violation(std::string_view field, std::string_view description) {
  std::string violation;
  AddBytes(violation, 1, field);
  AddBytes(violation, 2, description);
  return violation;
}

}  // namespace

absl::Status InvalidField(std::string_view field, std::string_view description) {
  return InvalidFields({{std::string(field), std::string(description)}});
}

absl::Status InvalidFields(const std::vector<std::pair<std::string, std::string>>& violations) {
  std::string message;
  std::string bad_request;
  for (const auto& [field, description] : violations) {
    if (!message.empty()) message += "; ";
    message += fmt::format("{}: {}", field, description);
    AddBytes(bad_request, 1, Violation(field, description));
  }
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kBadRequest, absl::Cord(bad_request));
  return status;
}

absl::Status RetryAfter(absl::Status status, absl::Duration delay) {
  google::protobuf::Duration duration;
  duration.set_seconds(absl::ToInt64Seconds(delay));
  duration.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay % absl::Seconds(1))));
  std::string retry_info;
  AddBytes(retry_info, 1, duration.SerializeAsString());
  status.SetPayload(kRetryInfo, absl::Cord(retry_info));
  return status;
}

absl::Duration RetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetryInfo);
  if (!payload.has_value()) return absl::InfiniteDuration();
  const std::string bytes(*payload);
  // A tag and a length of one byte each: a Duration is never longer than 127 bytes.
  google::protobuf::Duration duration;
  if (bytes.size() < 2 || !duration.ParseFromString(bytes.substr(2))) {
    return absl::InfiniteDuration();
  }
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Status Bounded(const absl::Status& status) {
  constexpr size_t kLongest = 500;
  if (status.message().size() <= kLongest) return status;
  absl::Status bounded(status.code(), paper::Truncate(std::string(status.message()), kLongest));
  status.ForEachPayload([&bounded](absl::string_view url, const absl::Cord& payload) {
    // The BadRequest repeats the message, and is made anew from it.
    if (url != kBadRequest) bounded.SetPayload(url, payload);
  });
  return bounded;
}

std::vector<std::pair<std::string, std::string>> DetailsOf(const absl::Status& status) {
  std::vector<std::pair<std::string, std::string>> details;
  const std::string message(status.message());
  const size_t colon = message.find(": ");
  if (absl::IsInvalidArgument(status) && colon != std::string::npos &&
      !status.GetPayload(kBadRequest).has_value()) {
    std::string bad_request;
    AddBytes(bad_request, 1, Violation(message.substr(0, colon), message.substr(colon + 2)));
    details.emplace_back("google.rpc.BadRequest", std::move(bad_request));
  }
  status.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& payload) {
    const std::string url(type_url);
    if (url.rfind(kPrefix, 0) != 0) return;
    details.emplace_back(url.substr(sizeof(kPrefix) - 1), std::string(payload));
  });
  return details;
}

std::string SerializedDetails(const absl::Status& status) {
  const auto details = DetailsOf(status);
  if (details.empty()) return "";
  std::string serialized;
  AddNumber(serialized, 1, static_cast<uint32_t>(status.code()));
  AddBytes(serialized, 2, std::string(status.message()));
  for (const auto& [type, bytes] : details) {
    google::protobuf::Any any;
    any.set_type_url(kPrefix + type);
    any.set_value(bytes);
    AddBytes(serialized, 3, any.SerializeAsString());
  }
  return serialized;
}

}  // namespace paperwire::serve
