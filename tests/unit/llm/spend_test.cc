#include "libs/llm/spend.h"

#include <gtest/gtest.h>

namespace paperwire::llm {
namespace {

TEST(SpendTest, TheMostIsMoreThanAnyTokenizerMakesOfIt) {
  const Usage most = MostOf({.system = std::string(1000, 's'),
                             .user = std::string(4001, 'u'),
                             .schema = std::string(500, '{'),
                             .max_output_tokens = 1500});
  EXPECT_EQ(most.input_tokens, 2751 + 256);
  EXPECT_EQ(most.output_tokens, 1500);
}

TEST(SpendTest, PricesAreDollarsPerMillionTokensAndRoundedUp) {
  const Endpoint endpoint{.input_price = 0.15, .output_price = 0.6};
  EXPECT_EQ(SpendOf(endpoint, {.input_tokens = 1000, .output_tokens = 100}),
            (Spend{.tokens = 1100, .microdollars = 210}));
  EXPECT_EQ(SpendOf(endpoint, {.input_tokens = 1, .output_tokens = 0}).microdollars, 1);
  EXPECT_EQ(SpendOf({}, {.input_tokens = 1000, .output_tokens = 100}).microdollars, 0);
}

TEST(SpendTest, ACallWhoseEndNobodyKnowsCountsAsTheMost) {
  const Usage most{.input_tokens = 3000, .output_tokens = 1500, .estimated = true};
  for (const auto outcome :
       {CallOutcome::kTimeout, CallOutcome::kCancelled, CallOutcome::kTooLarge}) {
    EXPECT_EQ(BilledFor({.outcome = outcome}, most).input_tokens, 3000);
    EXPECT_EQ(BilledFor({.outcome = outcome}, most).output_tokens, 1500);
  }
  for (const auto outcome : {CallOutcome::kRateLimited, CallOutcome::kUnauthorized,
                             CallOutcome::kUnreachable, CallOutcome::kServerError}) {
    EXPECT_EQ(BilledFor({.outcome = outcome}, most).input_tokens, 0);
  }
  EXPECT_EQ(BilledFor({.outcome = CallOutcome::kTruncated,
                       .usage = {.input_tokens = 7, .output_tokens = 8}},
                      most)
                .output_tokens,
            8);
}

}  // namespace
}  // namespace paperwire::llm
