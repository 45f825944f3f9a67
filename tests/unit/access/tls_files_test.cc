#include "libs/access/tls_files.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/certificates.h"
#include "tests/support/scratch_folder.h"

namespace paperwire::access {
namespace {

using ::testing::HasSubstr;

class TlsFilesTest : public testing::Test {
 protected:
  // What another run left is not there.
  TlsFilesTest() {
    for (const auto& path : {paths_.certificate, paths_.key, paths_.client_ca}) {
      std::filesystem::remove(path);
    }
  }
  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }
  void Write(const support::Certificate& server) {
    Write(paths_.certificate, server.certificate);
    Write(paths_.key, server.key);
    Write(paths_.client_ca, authority_.certificate());
  }
  std::string Refusal() {
    const auto files = TlsFiles::Open(paths_);
    EXPECT_TRUE(absl::IsInvalidArgument(files.status()));
    return std::string(files.status().message());
  }

  const support::ScratchFolder folder_;
  const TlsFiles::Paths paths_{.certificate = folder_.path("server.crt"),
                               .key = folder_.path("server.key"),
                               .client_ca = folder_.path("client.ca")};
  const support::Authority authority_;
};

TEST_F(TlsFilesTest, AreRefusedAtTheStartByName) {
  const support::Certificate one = authority_.Sign("one");
  const support::Certificate two = authority_.Sign("two");
  EXPECT_THAT(Refusal(), HasSubstr(".crt: cannot be read"));
  Write({.certificate = "x", .key = one.key});
  EXPECT_THAT(Refusal(), HasSubstr(".crt: holds no certificate"));
  Write({.certificate = one.certificate, .key = one.certificate});
  EXPECT_THAT(Refusal(), HasSubstr(".key: holds no private key"));
  Write({.certificate = one.certificate, .key = two.key});
  EXPECT_THAT(Refusal(), HasSubstr(".key: is not the key of "));
  Write(one);
  Write(paths_.client_ca, "x");
  EXPECT_THAT(Refusal(), HasSubstr(".ca: holds no certificate"));
}

TEST_F(TlsFilesTest, WhatOpenSslWouldNotTakeIsRefusedBeforeItIsUsed) {
  Write(authority_.SignWeak("weak"));
  EXPECT_THAT(Refusal(), HasSubstr(".crt: cannot be used: ee key too small"));
  Write(authority_.Sign("old", /*expired=*/true));
  EXPECT_THAT(Refusal(), HasSubstr(".crt: has expired"));

  const support::Certificate good = authority_.Sign("good");
  Write(good);
  const std::string broken =
      "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
  Write(paths_.client_ca, authority_.certificate() + broken);
  EXPECT_THAT(Refusal(), HasSubstr(".ca: its certificate 2 cannot be read"));
  Write(paths_.client_ca, authority_.certificate() + authority_.certificate());
  const auto files = TlsFiles::Open(paths_);
  ASSERT_TRUE(files.ok()) << files.status();
  const auto before = (*files)->Get();
  Write(paths_.certificate, good.certificate + broken);
  EXPECT_THAT(std::string((*files)->Reload().status().message()), HasSubstr("certificate 2"));
  EXPECT_EQ((*files)->Get(), before);
}

TEST_F(TlsFilesTest, ChangeOnlyToWhatBelongsTogether) {
  const support::Certificate one = authority_.Sign("one");
  const support::Certificate two = authority_.Sign("two");
  Write(one);
  const auto files = TlsFiles::Open(paths_);
  ASSERT_TRUE(files.ok()) << files.status();
  const auto before = (*files)->Get();
  EXPECT_EQ((*files)->Reload().value(), false);

  // As when they are replaced one after the other.
  Write(paths_.certificate, two.certificate);
  EXPECT_THAT(std::string((*files)->Reload().status().message()), HasSubstr("is not the key of"));
  EXPECT_EQ((*files)->Reload().value(), false);
  EXPECT_EQ((*files)->Get(), before);

  Write(paths_.key, two.key);
  EXPECT_EQ((*files)->Reload().value(), true);
  EXPECT_EQ((*files)->Get()->key, two.key);
  EXPECT_NE((*files)->Get()->version, before->version);
}

}  // namespace
}  // namespace paperwire::access
