// A real language model, as small as they come, writes the cards: what reaches one is valid and
// grounded, or it is the embedded card. tests/model/run starts the model; without it this is
// skipped.
#include "tests/e2e/llm_fixture.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

// What a card may take on a slow machine, and on one that is busy.
constexpr seconds kPatienceForOne{300};

class LlmModelTest : public LlmTest {
 protected:
  void SetUp() override {
    url_ = support::Environment("PAPERWIRE_TEST_LLM_URL").value_or("");
    model_ = support::Environment("PAPERWIRE_TEST_LLM_MODEL").value_or("");
    if (url_.empty()) {
      std::printf("SKIPPED PROGRAM: no model; tests/model/run starts one\n");
      GTEST_SKIP() << "no model; tests/model/run starts one";
    }
    LlmTest::SetUp();
  }

  // "answered 1, invalid-output 7": what became of the cards asked for.
  std::string Outcomes() {
    const std::string text = stack().Metrics("summarize");
    const std::string name = "\npaperwire_summarize_llm_cards_total{outcome=\"";
    std::string outcomes;
    for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
      const size_t begin = at + name.size();
      const size_t end = text.find('"', begin);
      const int count = std::stoi(text.substr(text.find(' ', end)));
      if (count == 0) continue;
      outcomes += fmt::format("{}{} {}", outcomes.empty() ? "" : ", ",
                              text.substr(begin, end - begin), count);
    }
    return outcomes;
  }

  std::string url_;
  std::string model_;
};

TEST_F(LlmModelTest, ItsCardsAreGroundedOrTheEmbeddedOneStandsIn) {
  const int papers = support::EnvironmentNumber("PAPERWIRE_MODEL_PAPERS", 10);
  ASSERT_NO_FATAL_FAILURE(
      StartAll({"--llm-base-url", url_, "--llm-model", model_, "--llm-first-byte-timeout", "20m",
                "--llm-total-timeout", "20m", "--llm-concurrency", "1"}));
  Feed(1, papers);
  const support::Stopwatch stopwatch;
  LlmTally tally;
  for (int served = 1; served <= papers; ++served) {
    tally = LookUntil(1, papers, kPatienceForOne,
                      [&](const LlmTally& now) { return papers - now.lost >= served; });
    std::printf("  after %.0f s: %s\n", stopwatch.seconds(), tally.ToString().c_str());
    std::fflush(stdout);
  }
  std::printf("MODEL=%s: %s; asked for: %s; %.1f s a card\n", model_.c_str(),
              tally.ToString().c_str(), Outcomes().c_str(), stopwatch.seconds() / papers);
  ExpectWhole(tally);
  // It was asked, and whatever stands in says why.
  EXPECT_FALSE(tally.fallbacks.contains(""));
  EXPECT_FALSE(tally.fallbacks.contains("ENDPOINT_UNAVAILABLE"));
}

}  // namespace
}  // namespace paperwire
