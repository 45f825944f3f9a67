#include "services/summarize/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/llm_cards/scripted.h"

namespace paperwire::llm_cards {
namespace {

using summarize::ReadAnswer;
using testing::HasSubstr;

std::string WhyNot(const std::string& content) {
  const auto answer = ReadAnswer(content);
  if (answer.ok()) return "it is one";
  EXPECT_TRUE(absl::IsInvalidArgument(answer.status()));
  return std::string(answer.status().message());
}

// The right answer with one part of its text replaced.
std::string With(const std::string& what, const std::string& by) {
  std::string json =
      R"({"tldr":"A.","highlights":["B.","C.","D."],"summary":"E.","methodology":"F.",)"
      R"("results":"","implications":"G."})";
  const size_t at = json.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return json.replace(at, what.size(), by);
}

TEST(Answer, IsReadIntoTheParts) {
  const auto answer = ReadAnswer(Json(RightParts()));

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->SerializeAsString(), RightParts().SerializeAsString());
}

TEST(Answer, MayStandBehindThoughtsAndInAFence) {
  const std::string json = Json(RightParts());
  for (const std::string& content :
       {" \n" + json + "\n\n", "<think>\nA {\"tldr\": 1} perhaps?\n</think>\n\n" + json,
        "<think></think><thinking>x</thinking>" + json, "so I answer.\n</think>\n" + json,
        "```json\n" + json + "\n```", "```\n" + json + "\n```",
        "<think>hm</think>\n```json\n" + json + "\n```\n"}) {
    const auto answer = ReadAnswer(content);
    ASSERT_TRUE(answer.ok()) << content << "\n" << answer.status();
    EXPECT_EQ(answer->tldr(), RightParts().tldr());
  }
}

TEST(Answer, WithAThoughtInItsTextIsReadAsItStands) {
  const auto answer = ReadAnswer(With("A.", "The token <think> is learned."));

  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->tldr(), "The token <think> is learned.");
}

TEST(Answer, IsNeverMended) {
  const std::string json = Json(RightParts());
  for (const std::string& content :
       {json.substr(0, json.size() - 1), json.substr(0, json.size() / 2), json + json,
        "Here is the card: " + json, json + " I hope this helps!", "{" + json + "}",
        "<think>" + json, "```json\n" + json, "```python\n" + json + "\n```", "// card\n" + json,
        With("\"D.\"]", "\"D.\",]"), With("\"A.\"", "'A.'"), With("\"A.\"", "\"A\n.\""),
        With("\"A.\"", "NaN"), With("A.", "\xff"), With("A.", "\\ud800"), std::string("plain"),
        std::string("<html><body>502</body></html>"), std::string("```")}) {
    EXPECT_FALSE(ReadAnswer(content).ok()) << content;
  }
}

TEST(Answer, NeedsEveryMemberOnceAndNoOther) {
  EXPECT_EQ(WhyNot(With("\"results\":\"\",", "")), "\"results\" is missing");
  EXPECT_EQ(WhyNot("{}"), "\"tldr\" is missing");
  EXPECT_EQ(WhyNot(With("\"results\":\"\"", "\"results\":\"\",\"results\":\"x\"")),
            "\"results\" stands there twice");
  EXPECT_EQ(WhyNot(With("\"results\":\"\"", "\"results\":\"\",\"tags\":[\"nlp\"]")),
            "a member \"tags\" was not asked for");
  EXPECT_EQ(WhyNot(With("\"tldr\"", "\"TLDR\"")), "a member \"TLDR\" was not asked for");
  EXPECT_THAT(WhyNot(With("\"tldr\"", "\"" + std::string(9999, 'k') + "\"")).size(),
              testing::Lt(100u));
}

TEST(Answer, NeedsTheRightTypes) {
  EXPECT_EQ(WhyNot(With("\"A.\"", "null")), "\"tldr\" is null");
  EXPECT_EQ(WhyNot(With("\"A.\"", "1")), "\"tldr\" is a number");
  EXPECT_EQ(WhyNot(With("\"A.\"", "-1e9")), "\"tldr\" is a number");
  EXPECT_EQ(WhyNot(With("\"A.\"", "true")), "\"tldr\" is true or false");
  EXPECT_EQ(WhyNot(With("\"A.\"", "[\"A.\"]")), "\"tldr\" is a list");
  EXPECT_EQ(WhyNot(With("\"A.\"", "{\"text\":\"A.\"}")), "\"tldr\" is an object");
  EXPECT_EQ(WhyNot(With("[\"B.\",\"C.\",\"D.\"]", "\"B. C. D.\"")), "\"highlights\" is not a list");
  EXPECT_EQ(WhyNot(With("\"B.\"", "{\"line\":\"B.\"}")), "\"highlights\" is a list with an object");
  EXPECT_EQ(WhyNot(With("\"B.\"", "[\"B.\"]")), "\"highlights\" is a list with a list");
  EXPECT_EQ(WhyNot(With("\"B.\"", "null")), "\"highlights\" is a list with null");
  EXPECT_EQ(WhyNot("[]"), "the answer is a list, not a JSON object");
  EXPECT_EQ(WhyNot("\"A card.\""), "the answer is a string, not a JSON object");
  EXPECT_EQ(WhyNot("null"), "the answer is null, not a JSON object");
}

TEST(Answer, IsBounded) {
  EXPECT_EQ(WhyNot(With("A.", std::string(601, 'a'))), "\"tldr\" is too long");
  EXPECT_EQ(WhyNot(With("E.", std::string(4001, 'a'))), "\"summary\" is too long");
  EXPECT_EQ(WhyNot(With("F.", std::string(1601, 'a'))), "\"methodology\" is too long");
  EXPECT_EQ(WhyNot(With("\"B.\"", "\"1\",\"2\",\"3\"")), "\"highlights\" has more than 4 lines");
  EXPECT_EQ(WhyNot(With("\"B.\",\"C.\",\"D.\"", "")), "\"highlights\" is empty");
  EXPECT_EQ(WhyNot(std::string(300000, ' ')), "the answer is too long");
  EXPECT_EQ(WhyNot(std::string(200000, '\n')), "the answer is empty");
  EXPECT_THAT(WhyNot(std::string(200000, '[')), HasSubstr("is a list"));
  EXPECT_THAT(WhyNot(std::string(200000, '{')), HasSubstr("JSON object"));
}

TEST(Answer, MustSayWhatMayNotBeEmpty) {
  EXPECT_THAT(WhyNot(With("\"A.\"", "\" \"")), HasSubstr("\"tldr\" is empty"));
  EXPECT_THAT(WhyNot(With("\"B.\"", "\"\"")), HasSubstr("\"highlights\" is empty"));
  const auto blank = ReadAnswer(With("\"G.\"", "\" \\n\""));
  ASSERT_TRUE(blank.ok());
  EXPECT_EQ(blank->implications(), "");
}

TEST(Answer, HoldsNoInvisibleCharacters) {
  for (const char* hidden : {"\\u200b", "\\u202e", "\\u2066", "\\ufeff", "\\u0007", "\\u0000",
                             "\\u00ad", "\\ue000", "\\udb40\\udc41", "\\u007f", "\\ufff9"}) {
    EXPECT_EQ(WhyNot(With("A.", std::string("A") + hidden + "B.")),
              "\"tldr\" holds invisible characters")
        << hidden;
  }
  for (const char* seen : {"\\u00e9", "\\u4e2d", "\\u2009", "\\u2011", "\\n", "\\ud835\\udd38"}) {
    EXPECT_EQ(WhyNot(With("A.", std::string("A") + seen + "B.")), "it is one") << seen;
  }
}

}  // namespace
}  // namespace paperwire::llm_cards
