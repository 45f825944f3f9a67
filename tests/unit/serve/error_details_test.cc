#include "services/serve/error_details.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/any.pb.h"
#include "gtest/gtest.h"
#include "services/serve/payload.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ErrorDetails, NameTheFieldOfAnInvalidArgument) {
  const absl::Status status = InvalidField("page_size", "must not be negative");

  EXPECT_EQ(status.message(), "page_size: must not be negative");
  // field_violations = 1 { field = 1, description = 2 }
  EXPECT_THAT(DetailsOf(status),
              ElementsAre(Pair("google.rpc.BadRequest",
                               "\x0a\x21\x0a\x09page_size\x12\x14must not be negative")));
}

TEST(ErrorDetails, AreMadeFromAMessageThatBeginsWithAField) {
  EXPECT_EQ(DetailsOf(absl::InvalidArgumentError("page_size: must not be negative")),
            DetailsOf(InvalidField("page_size", "must not be negative")));
  EXPECT_THAT(DetailsOf(absl::InvalidArgumentError("no field here")), IsEmpty());
  EXPECT_THAT(DetailsOf(absl::NotFoundError("2606.00001: not here")), IsEmpty());
}

TEST(ErrorDetails, HoldEveryFieldThatIsWrong) {
  const absl::Status status = InvalidFields({{"a", "one"}, {"b", "two"}});

  EXPECT_EQ(status.message(), "a: one; b: two");
  EXPECT_THAT(DetailsOf(status), ElementsAre(Pair("google.rpc.BadRequest",
                                                  "\x0a\x08\x0a\x01"
                                                  "a\x12\x03one\x0a\x08\x0a\x01"
                                                  "b\x12\x03two")));
}

TEST(ErrorDetails, SayWhenToAskAgain) {
  const absl::Status status =
      RetryAfter(absl::UnavailableError("behind"), absl::Milliseconds(1500));

  EXPECT_EQ(RetryDelay(status), absl::Milliseconds(1500));
  // retry_delay = 1 { seconds = 1, nanos = 500,000,000 }
  EXPECT_THAT(DetailsOf(status),
              ElementsAre(Pair("google.rpc.RetryInfo",
                               std::string("\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01", 10))));
  EXPECT_EQ(RetryDelay(absl::UnavailableError("behind")), absl::InfiniteDuration());
}

TEST(ErrorDetails, AreOneStatusWithItsDetailsAsAnys) {
  const std::string bytes =
      SerializedDetails(RetryAfter(absl::ResourceExhaustedError("too fast"), absl::Seconds(2)));

  EXPECT_THAT(bytes, HasSubstr("too fast"));
  google::protobuf::Any any;
  ASSERT_TRUE(any.ParseFromString(bytes.substr(bytes.find("type.googleapis.com") - 2)));
  EXPECT_EQ(any.type_url(), "type.googleapis.com/google.rpc.RetryInfo");
  EXPECT_THAT(SerializedDetails(absl::NotFoundError("gone")), IsEmpty());
}

TEST(Payload, KeepsWhatItsPiecesBelongToAlive) {
  auto owner = std::make_shared<const std::string>("shared");
  const std::weak_ptr<const std::string> watched = owner;
  Payload payload("own ");
  payload.Append(owner, *owner);
  payload.Append(std::string());
  owner.reset();

  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(payload.pieces().size(), 2u);
  EXPECT_EQ(payload.size(), 10u);
  EXPECT_EQ(payload.Flat(), "own shared");
  payload = Payload();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace paperwire::serve
