#include "libs/access/token.h"

#include <fstream>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/access/token_file.h"
#include "tests/support/scratch_folder.h"

namespace paperwire::access {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string LineFor(const std::string& name, const std::string& token,
                    std::vector<Scope> scopes = {Scope::kRead}) {
  return LineOf({.name = name, .scopes = std::move(scopes), .hash = HashOf(token)});
}

std::string Refusal(const std::string& text) {
  const auto grants = ParseGrants(text);
  EXPECT_TRUE(absl::IsInvalidArgument(grants.status())) << text;
  return std::string(grants.status().message());
}

TEST(Token, IsNeverMadeTwice) {
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) made.insert(MakeToken());

  EXPECT_EQ(made.size(), 1000u);
  EXPECT_THAT(*made.begin(), StartsWith("pw_"));
  EXPECT_EQ(made.begin()->size(), 46u);
}

TEST(Token, HashIsSha256) {
  const std::string line = LineFor("n", "abc");

  EXPECT_EQ(line, "n read sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Grants, SurviveTheWayToAFileAndBack) {
  Grant grant{.name = "mirror.eu-1",
              .scopes = {Scope::kRead, Scope::kOperate},
              .hash = HashOf("pw_x"),
              .expires = absl::FromUnixSeconds(1800000000)};

  const auto grants = ParseGrants("# who\n\n  \t\r\n" + LineOf(grant) + "\r\n");

  ASSERT_TRUE(grants.ok()) << grants.status();
  ASSERT_EQ(grants->size(), 1u);
  EXPECT_EQ(grants->front().name, "mirror.eu-1");
  EXPECT_EQ(grants->front().hash, grant.hash);
  EXPECT_THAT(grants->front().scopes, ElementsAre(Scope::kRead, Scope::kOperate));
  EXPECT_EQ(grants->front().expires, grant.expires);
}

TEST(Grants, NameTheLineThatIsWrongAndRepeatNoHash) {
  const std::string good = LineFor("a", "1") + "\n";
  const std::string hash(64, 'a');

  EXPECT_THAT(Refusal(good + "b\n"), StartsWith("line 2: \"\" is no scope"));
  EXPECT_THAT(Refusal(good + "b write sha256:" + hash), HasSubstr("\"write\""));
  EXPECT_THAT(Refusal(good + "b read, sha256:" + hash), HasSubstr("is no scope"));
  EXPECT_THAT(Refusal("b read " + hash), HasSubstr("sha256:"));
  EXPECT_THAT(Refusal("b read sha256:" + hash + "0"), Not(HasSubstr(hash)));
  EXPECT_THAT(Refusal("b read sha256:" + std::string(64, 'A')), HasSubstr("hexadecimal"));
  EXPECT_THAT(Refusal("b read sha256:" + hash + " soon"), HasSubstr("\"soon\""));
  EXPECT_THAT(Refusal("b read sha256:" + hash + " 2027-01-01 x"), HasSubstr("four words"));
  EXPECT_THAT(Refusal("b/c read sha256:" + hash), HasSubstr("name"));
  EXPECT_THAT(Refusal(good + LineFor("a", "2")), StartsWith("line 2: its name or hash"));
  EXPECT_THAT(Refusal(good + LineFor("b", "1")), StartsWith("line 2: its name or hash"));
}

class TokenFileTest : public testing::Test {
 protected:
  void Write(const std::string& text) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << text;
  }
  const support::ScratchFolder folder_;
  const std::string path_ = folder_.path("tokens");
};

TEST_F(TokenFileTest, KnowsItsTokensAndNoOthers) {
  Write(LineFor("a", "one") + "\n" + LineFor("b", "two", {Scope::kOperate}) + "\n");

  const auto file = TokenFile::Open(path_);

  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_NE((*file)->Find("two"), nullptr);
  EXPECT_EQ((*file)->Find("two")->name, "b");
  EXPECT_FALSE((*file)->Find("two")->Has(Scope::kRead));
  for (const char* wrong : {"", "on", "one ", "One", "sha256:"}) {
    EXPECT_EQ((*file)->Find(wrong), nullptr) << wrong;
  }
}

TEST_F(TokenFileTest, IsRefusedAtTheStartWithItsName) {
  EXPECT_THAT(std::string(TokenFile::Open(path_ + ".none").status().message()),
              HasSubstr("cannot be read"));
  Write("# nobody\n");
  EXPECT_THAT(std::string(TokenFile::Open(path_).status().message()), HasSubstr("holds no token"));
  Write("nonsense\n");
  EXPECT_THAT(std::string(TokenFile::Open(path_).status().message()),
              StartsWith(path_ + ": line 1"));
}

TEST_F(TokenFileTest, KeepsWhatItHadWhenTheFileGoesBadAndSaysSoOnce) {
  Write(LineFor("a", "one"));
  const auto file = TokenFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->Reload().value(), false);

  Write("nonsense\n");
  EXPECT_TRUE(absl::IsInvalidArgument((*file)->Reload().status()));
  EXPECT_EQ((*file)->Reload().value(), false);
  EXPECT_NE((*file)->Find("one"), nullptr);

  Write(LineFor("b", "two"));
  EXPECT_EQ((*file)->Reload().value(), true);
  EXPECT_EQ((*file)->Find("one"), nullptr);
  EXPECT_NE((*file)->Find("two"), nullptr);
}

TEST_F(TokenFileTest, LetsNobodyInWhenItsLastTokenIsTakenBack) {
  for (const char* emptied : {"", "# nobody\n"}) {
    Write(LineFor("a", "one"));
    const auto file = TokenFile::Open(path_);
    ASSERT_TRUE(file.ok()) << file.status();
    Write(emptied);
    EXPECT_EQ((*file)->Reload().value(), true);
    EXPECT_EQ((*file)->Find("one"), nullptr);
    EXPECT_EQ((*file)->Reload().value(), false);
  }
}

}  // namespace
}  // namespace paperwire::access
