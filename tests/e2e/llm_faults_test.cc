// A language model's endpoint that misbehaves in every way: no paper is lost, no card is a
// placeholder or tells what the paper does not, calls stay under their caps, and when it is well
// again the cards that stood in are replaced.
#include <functional>

#include "tests/e2e/llm_fixture.h"
#include "tests/support/free_port.h"

namespace paperwire {
namespace {

using stand_in::Fault;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitUntil;

// As upgrade.h says: so often a card is asked for anew, each time at most twice.
constexpr int kMostCallsForOne = 2 * (1 + 3);

class LlmFaultsTest : public LlmTest {
 protected:
  // The sum of a counter over all its labels that hold `label`.
  double Metric(const std::string& name, const std::string& label = "") {
    const std::string text = stack().Metrics("summarize");
    double sum = 0;
    for (size_t at = text.find("\n" + name); at != std::string::npos;
         at = text.find("\n" + name, at + 1)) {
      const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
      if (line.find(label) != std::string::npos) sum += std::stod(line.substr(line.rfind(' ')));
    }
    return sum;
  }

  // One line of the matrix, and what holds in each.
  void Report(const std::string& what, const LlmTally& tally, int64_t calls) {
    std::printf("FAULT=llm-%s: %s; %ld calls\n", what.c_str(), tally.ToString().c_str(), calls);
    std::fflush(stdout);
    ExpectWhole(tally);
    // Whatever stands in says why.
    EXPECT_FALSE(tally.fallbacks.contains("")) << what;
  }
};

// Faults of the model's; all at once, each on papers of its own, while the endpoint is well.
TEST_F(LlmFaultsTest, WhatModelsWriteIsACardOrTheEmbeddedOneStandsIn) {
  std::vector<Fault> faults;
  for (const Fault fault : stand_in::AllFaults()) {
    if (fault >= Fault::kLength && fault != Fault::kBadUtf8) faults.push_back(fault);
  }
  constexpr int kEach = 5;
  constexpr int kFirst = 100;
  const int papers = static_cast<int>(faults.size()) * kEach;
  for (int i = 0; i < papers; ++i) {
    endpoint().Misbehave({.fault = faults[static_cast<size_t>(i / kEach)],
                          .title = source().Make(kFirst + i).title(),
                          .times = stand_in::kAlways});
  }
  ASSERT_NO_FATAL_FAILURE(StartAll(Settings(endpoint().url(), "m-written")));
  Feed(kFirst, papers);
  ExpectWhole(LookUntilServed(kFirst, papers));
  // Every wish comes to its end: the endpoint is well, and answers as it did.
  EXPECT_TRUE(WaitUntil(seconds(60), [&] {
    const LlmTally tally = Look(kFirst, papers);
    return Metric("paperwire_summarize_upgrades_total", "given-up") >= tally.embedded();
  }));

  for (size_t i = 0; i < faults.size(); ++i) {
    const int first = kFirst + static_cast<int>(i) * kEach;
    const LlmTally tally = Look(first, kEach);
    const auto [calls, most] = Calls(first, kEach);
    Report(std::string(stand_in::Name(faults[i])), tally, calls);
    EXPECT_LE(most, kMostCallsForOne);
    switch (faults[i]) {
      case Fault::kThink:
      case Fault::kFences:
      case Fault::kInventedNumbers:
        EXPECT_EQ(tally.llm, kEach);
        break;
      case Fault::kInjectedText:
      case Fault::kInjectedMarkup:
        break;
      default:
        EXPECT_EQ(tally.llm, 0);
    }
  }
}

// One way for an endpoint to be wrong, or to be given wrongly.
struct Row {
  std::string name;
  std::vector<std::string> settings;
  // What all calls get; none: the settings alone are wrong.
  std::optional<stand_in::Misbehaviour> misbehaviour = std::nullopt;
  // What the log says of it, in one line.
  std::string said = "a language model cannot be asked";
  // Run where all are wanted (PAPERWIRE_E2E_STORM): much like another.
  bool rare = false;
};

// The answer is the trouble, not the endpoint: cards are asked for again, a few times.
bool IsOfTheAnswer(Fault fault) {
  return fault == Fault::kBadRequest || fault == Fault::kEchoedSecrets ||
         fault == Fault::kJsonSchemaRefused || fault == Fault::kMaxTokensRefused ||
         fault == Fault::kHuge || fault == Fault::kGzipBomb || fault == Fault::kEndlessWhitespace;
}

std::vector<Row> Rows(const std::function<std::vector<std::string>(std::string)>& at,
                      const std::string& url) {
  const auto fault = [](Fault which) {
    return stand_in::Misbehaviour{.fault = which, .times = stand_in::kAlways};
  };
  const std::string not_meant = "its settings cannot be meant";
  const std::string nobody = fmt::format("http://127.0.0.1:{}/v1", support::FreePort());
  stand_in::Misbehaviour patient = fault(Fault::kRateLimited);
  patient.retry_after = "60";
  std::vector<Row> rows = {
      {"rate-limited", at(url), patient},
      {"server-error", at(url), fault(Fault::kServerError)},
      {"hang", at(url), fault(Fault::kHang)},
      {"html", at(url), fault(Fault::kHtml)},
      {"unauthorized", at(url), fault(Fault::kUnauthorized)},
      {"no-such-model", at(url), fault(Fault::kNoSuchModel)},
      {"nobody-there", at(nobody)},
      {"http-to-a-public-host", at("http://llm.example.org/v1"), {}, not_meant},
      {"private-address", at("https://10.1.2.3/v1"), {}, not_meant},
      {"quota-exhausted", at(url), fault(Fault::kQuotaExhausted)},
      {"reset", at(url), fault(Fault::kReset)},
      {"truncated-json", at(url), fault(Fault::kTruncatedJson)},
      {"redirect", at(url), fault(Fault::kRedirect)},
  };
  std::set<std::string> named;
  for (const Row& row : rows) named.insert(row.name);
  for (const Fault other : stand_in::AllFaults()) {
    const std::string name(stand_in::Name(other));
    if ((other >= Fault::kLength && other != Fault::kBadUtf8) || named.contains(name)) continue;
    rows.push_back({.name = name, .settings = at(url), .misbehaviour = fault(other), .rare = true});
  }
  return rows;
}

TEST_F(LlmFaultsTest, WhateverTheEndpointDoesCardsGoOutAndItsTroubleIsSaidOnce) {
  constexpr int kEach = 6;
  const bool all = support::EnvironmentNumber("PAPERWIRE_E2E_STORM", 0) == 1;
  int models = 0;
  const auto at = [&models](const std::string& url) {
    return Settings(url, fmt::format("m-{}", ++models));
  };
  int next = 100;
  int hopeless = 0;
  for (const Row& row : Rows(at, endpoint().url())) {
    if (row.rare && !all) continue;
    endpoint().Behave();
    if (row.misbehaviour) endpoint().Outage(*row.misbehaviour);
    if (next == 100) {
      ASSERT_NO_FATAL_FAILURE(StartAll(row.settings));
    } else {
      ASSERT_NO_FATAL_FAILURE(RestartSummarize(row.settings));
    }
    const support::Stopwatch stopwatch;
    Feed(next, kEach);
    const LlmTally tally = LookUntilServed(next, kEach);
    const auto [calls, most] = Calls(next, kEach);
    Report(fmt::format("{} ({:.1f} s)", row.name, stopwatch.seconds()), tally, calls);
    EXPECT_EQ(tally.llm, 0) << row.name;
    if (row.misbehaviour && IsOfTheAnswer(row.misbehaviour->fault)) {
      hopeless += kEach;
      EXPECT_LE(most, kMostCallsForOne) << row.name;
    } else {
      EXPECT_EQ(tally.fallbacks.count("ENDPOINT_UNAVAILABLE"), 1) << row.name;
      // Three attempts for each of those under way when the breaker opens.
      EXPECT_LE(calls, 3 * kEach) << row.name;
      EXPECT_EQ(LogLines(row.said), 1) << row.name;
    }
    EXPECT_EQ(LogLines("sk-e2e-5d1f93c07a"), 0) << row.name;
    next += kEach;
  }

  // It is well again, though it knows neither schema nor max_tokens: all are replaced.
  endpoint().Behave();
  endpoint().Forget();
  stand_in::Manner manner;
  manner.json_schema_refused = 500;
  manner.json_object_refused = 400;
  manner.wants_max_completion_tokens = true;
  endpoint().SetManner(manner);
  ASSERT_NO_FATAL_FAILURE(RestartSummarize(at(endpoint().url())));
  const int papers = next - 100;
  const LlmTally tally = LookUntil(
      100, papers, seconds(90), [&](const LlmTally& now) { return now.llm >= papers - hopeless; });
  const auto [calls, most] = Calls(100, papers);
  Report("well-again", tally, calls);
  EXPECT_GE(tally.llm, papers - hopeless);
  // One a paper; what it does not know is learned by few.
  EXPECT_LE(calls, papers + 30);
  EXPECT_EQ(stack().Collect(source().Ids(100, papers))->dead_letters.size(), 0u);
}

}  // namespace
}  // namespace paperwire
