#include "services/serve/sealed_token.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;

TEST(SealedToken, GivesBackItsPartsEmptyOnesIncluded) {
  const std::string token = SealToken("k1", {"epoch", "", "ff"});

  EXPECT_EQ(
      token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
  EXPECT_THAT(*OpenToken("k1", 3, token), ElementsAre("epoch", "", "ff"));
}

TEST(SealedToken, IsRefusedUnderAnotherKindOrNumberOfParts) {
  const std::string token = SealToken("k1", {"a", "b"});

  EXPECT_TRUE(absl::IsInvalidArgument(OpenToken("k2", 2, token).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(OpenToken("k1", 1, token).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(OpenToken("k1", 3, token).status()));
}

TEST(SealedToken, IsRefusedWhereAnyCharacterIsAnotherOrMissing) {
  const std::string token = SealToken("k1", {"0197a3", "2026-06-23"});

  // The last character of a token may hold bits that stand for nothing.
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(absl::IsInvalidArgument(OpenToken("k1", 2, other).status())) << i;
    EXPECT_TRUE(absl::IsInvalidArgument(OpenToken("k1", 2, token.substr(0, i)).status())) << i;
  }
}

TEST(SealedToken, IsRefusedWhereItIsHugeOrNoneAtAll) {
  for (const std::string& text : {std::string(), std::string("%%%"), std::string("\0\n", 2),
                                  std::string(1 << 20, 'A'), std::string("\xff\xfe")}) {
    EXPECT_TRUE(absl::IsInvalidArgument(OpenToken("k1", 2, text).status()));
  }
}

}  // namespace
}  // namespace paperwire::serve
