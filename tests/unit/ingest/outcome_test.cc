#include "services/ingest/outcome.h"

#include <set>

#include "gtest/gtest.h"
#include "libs/calendar/feed_state.h"

namespace paperwire::ingest {
namespace {

// The feed's state reads the outcomes' names from the cycles.
TEST(Outcome, IsWholeForTheFeedsStateExactlyWhenItIsGood) {
  std::set<std::string_view> slugs;
  for (int i = 0; Slug(static_cast<Outcome>(i)) != "unknown"; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(calendar::IsWholeAnswer(Slug(outcome)), IsGood(outcome)) << Slug(outcome);
    EXPECT_TRUE(slugs.insert(Slug(outcome)).second) << Slug(outcome);
  }
  EXPECT_TRUE(slugs.contains(Slug(Outcome::kNotAsked))) << "the last one";
}

}  // namespace
}  // namespace paperwire::ingest
