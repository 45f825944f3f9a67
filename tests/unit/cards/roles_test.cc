#include "services/summarize/roles.h"

#include <gtest/gtest.h>

namespace paperwire::summarize {
namespace {

TEST(Roles, FollowCuesAndPlace) {
  const std::vector<RoledSentence> roles = LabelRoles({
      "Recent models remain expensive to train.",
      "In this paper, we propose a cheaper model.",
      "Specifically, we use a router that consists of two modules.",
      "Experiments show that it outperforms all baselines by 3.1%.",
      "These findings suggest that practitioners can pave the way for future work.",
  });

  ASSERT_EQ(roles.size(), 5u);
  EXPECT_EQ(roles[0].role, Role::kBackground);
  EXPECT_EQ(roles[1].role, Role::kObjective);
  EXPECT_EQ(roles[2].role, Role::kMethod);
  EXPECT_EQ(roles[3].role, Role::kResult);
  EXPECT_EQ(roles[4].role, Role::kImplication);
}

TEST(Roles, APlaceAloneIsNoImplication) {
  const std::vector<RoledSentence> roles =
      LabelRoles({"We propose a model.", "It has two parts.", "The sky is blue."});

  EXPECT_NE(roles[2].role, Role::kImplication);
}

TEST(Roles, NoSentencesHaveNoRoles) { EXPECT_TRUE(LabelRoles({}).empty()); }

}  // namespace
}  // namespace paperwire::summarize
