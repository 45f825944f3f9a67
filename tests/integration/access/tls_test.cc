#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/access/faces.h"

namespace paperwire::serve {
namespace {

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }
  // A new connection to a server whose certificate the usual authority signed.
  static bool Reached(Faces& faces) {
    return Call(faces.Channel(false), "/grpc.health.v1.Health/Check", "", {},
                std::chrono::seconds(3))
        .status.ok();
  }
};

TEST_F(TlsTest, ANewCertificateIsTakenAndABadOneChangesNothing) {
  Faces faces({.tls = true});
  EXPECT_TRUE(Reached(faces));

  // One whose authority the client does not trust: it is the new one that is shown.
  faces.WriteServerCertificate(faces.foreign.Sign("server"));
  faces.access->Reload();
  EXPECT_FALSE(Reached(faces));

  faces.WriteServerCertificate(faces.authority.Sign("server"));
  faces.access->Reload();
  EXPECT_TRUE(Reached(faces));

  support::WriteFile(faces.path("server.key"), "not a key");
  faces.access->Reload();
  EXPECT_TRUE(Reached(faces));
}

TEST_F(TlsTest, ATokenIsGoodFromTheNextLookAtTheFileAndNoLongerThanItStandsThere) {
  Faces faces({.tokens = true, .require_read = true, .tls = true});
  const auto channel = faces.Channel(false);
  const auto admitted = [&channel](const std::string& token) {
    return Call(channel, "/paperwire.v1.FeedService/ListPapers", "",
                {{"authorization", "Bearer " + token}})
        .admitted;
  };
  const std::string token = access::MakeToken();
  EXPECT_FALSE(admitted(token));
  EXPECT_TRUE(admitted("pw_test-read"));

  support::WriteFile(faces.path("tokens"), access::LineOf({.name = "new",
                                                           .scopes = {access::Scope::kRead},
                                                           .hash = access::HashOf(token)}));
  faces.access->Reload();
  EXPECT_TRUE(admitted(token));
  EXPECT_FALSE(admitted("pw_test-read"));

  support::WriteFile(faces.path("tokens"), "nonsense");
  faces.access->Reload();
  EXPECT_TRUE(admitted(token));
}

TEST_F(TlsTest, AStreamEndsWhenItsTokenIsTakenBack) {
  Faces faces({.tokens = true, .require_read = true, .tls = true});
  const auto stub = v1::FeedService::NewStub(faces.Channel(false));
  const auto open = [&stub](grpc::ClientContext& context, const std::string& scopes) {
    context.AddMetadata("authorization", Faces::TokenFor(scopes));
    context.set_deadline(clock::SystemClock().Now() + std::chrono::seconds(30));
    return stub->WatchPapers(&context, {});
  };
  grpc::ClientContext taken_context;
  const auto taken = open(taken_context, "read");
  grpc::ClientContext kept_context;
  const auto kept = open(kept_context, "both");
  v1::WatchPapersResponse message;
  ASSERT_TRUE(taken->Read(&message));
  ASSERT_TRUE(kept->Read(&message));

  support::WriteFile(faces.path("tokens"),
                     access::LineOf({.name = "both",
                                     .scopes = {access::Scope::kRead},
                                     .hash = access::HashOf("pw_test-both")}));
  faces.access->Reload();
  while (taken->Read(&message)) continue;
  const grpc::Status ended = taken->Finish();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAUTHENTICATED) << ended.error_message();
  // The other goes on.
  faces.desk.snapshots.Swap(faces.desk.snapshots.Get()->After(
                                {.milliseconds = 1000},
                                {ServedEntry::Make(MakeEntry("2606.00009", "2026-06-23"),
                                                   {.milliseconds = 1000}, {.milliseconds = 1000})},
                                {}, ""),
                            faces.desk.feed_clock.Now());
  do {
    ASSERT_TRUE(kept->Read(&message));
  } while (message.entry().paper().arxiv_id() != "2606.00009");
  kept_context.TryCancel();
  while (kept->Read(&message)) continue;
  EXPECT_EQ(kept->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace paperwire::serve
