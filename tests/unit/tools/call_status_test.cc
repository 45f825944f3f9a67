#include "tools/paperwire/call_status.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/unknown_field_set.h"

namespace paperwire::cli {
namespace {

// A message that holds these values, each at its field's number: gRPC is installed without
// google.rpc's own types.
std::string Message(const std::vector<std::pair<int, std::string>>& fields) {
  google::protobuf::UnknownFieldSet set;
  for (const auto& [number, value] : fields) set.AddLengthDelimited(number, value);
  std::string bytes;
  set.SerializeToString(&bytes);
  return bytes;
}

// The serialized google.rpc.Status that carries one detail.
std::string Details(const std::string& type, const std::string& bytes) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/" + type);
  any.set_value(bytes);
  return Message({{2, "message"}, {3, any.SerializeAsString()}});
}

grpc::Status Refused(const std::string& message) {
  return {grpc::StatusCode::INVALID_ARGUMENT, message,
          Details("google.rpc.BadRequest",
                  Message({{1, Message({{1, "page_size"}, {2, "must not be negative"}})},
                           {1, Message({{1, "filter.tags_any"}, {2, "no such tag"}})}}))};
}

grpc::Status Away(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration delay;
  delay.set_seconds(seconds);
  delay.set_nanos(nanos);
  return {grpc::StatusCode::UNAVAILABLE, "away",
          Details("google.rpc.RetryInfo", Message({{1, delay.SerializeAsString()}}))};
}

TEST(CallStatus, KeepsCodeAndMessage) {
  EXPECT_TRUE(CallStatus(grpc::Status::OK).ok());
  EXPECT_EQ(CallStatus({grpc::StatusCode::NOT_FOUND, "no such paper"}),
            absl::NotFoundError("no such paper"));
}

TEST(CallStatus, NamesTheFieldsThatOnlyTheDetailsName) {
  EXPECT_EQ(std::string(CallStatus(Refused("refused")).message()),
            "refused (page_size: must not be negative; filter.tags_any: no such tag)");
  EXPECT_EQ(std::string(CallStatus(Refused("page_size: negative")).message()),
            "page_size: negative (filter.tags_any: no such tag)");
}

TEST(CallStatus, ReadsTheDelayThatTheServerAsksFor) {
  EXPECT_EQ(RetryDelay(CallStatus(Away(2, 500000000))), std::chrono::milliseconds(2500));
  EXPECT_EQ(RetryDelay(CallStatus(Away(400LL * 24 * 60 * 60, 0))), std::chrono::hours(24));
  EXPECT_EQ(RetryDelay(CallStatus(Away(-3, 0))), std::nullopt);
  EXPECT_EQ(RetryDelay(absl::UnavailableError("away")), std::nullopt);
}

TEST(CallStatus, TakesDetailsThatAreNotWellFormedForNone) {
  for (const std::string& details :
       {std::string("\x1a"), std::string("\x1a\xff"), std::string(1000, '\xff'), std::string("hi"),
        std::string("\x1a\x02\x0a\x7f", 4)}) {
    const absl::Status status = CallStatus({grpc::StatusCode::UNAVAILABLE, "away", details});
    EXPECT_EQ(std::string(status.message()), "away");
    EXPECT_EQ(RetryDelay(status), std::nullopt);
  }
}

}  // namespace
}  // namespace paperwire::cli
