#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "services/summarize/role_features.h"
#include "services/summarize/role_model.h"

namespace paperwire::summarize {
namespace {

void PutWord(std::string& bytes, uint32_t word) {
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(word >> (8 * i) & 0xFFU);
}

void PutFloat(std::string& bytes, float value) { PutWord(bytes, std::bit_cast<uint32_t>(value)); }

// A model of random weights, and the same numbers to compute by hand.
struct Invented {
  std::string bytes;
  std::array<std::array<double, kRoles>, kRoles> transition{};
  std::array<double, kRoles> start{};
  std::vector<int8_t> weights;
  float scale = 0.01F;

  explicit Invented(unsigned seed) {
    std::mt19937 random(seed);
    const auto draw = [&] {
      return static_cast<float>(static_cast<int>(random() % 200) - 100) / 50.0F;
    };
    bytes = "PWROLES1";
    PutWord(bytes, kRoleFeatureBits);
    PutWord(bytes, kRoles);
    for (size_t i = 0; i < kRoles; ++i) PutFloat(bytes, scale);
    for (auto& row : transition) {
      for (double& weight : row) PutFloat(bytes, static_cast<float>(weight = draw()));
    }
    for (double& weight : start) PutFloat(bytes, static_cast<float>(weight = draw()));
    for (size_t i = 0; i < (size_t{1} << kRoleFeatureBits) * kRoles; ++i) {
      weights.push_back(static_cast<int8_t>(static_cast<int>(random() % 255) - 127));
      bytes += static_cast<char>(weights.back());
    }
  }

  double Local(const std::vector<uint16_t>& features, size_t role) const {
    double sum = 0;
    for (const uint16_t feature : features) sum += weights[feature * kRoles + role];
    return sum * scale;
  }
};

TEST(RoleModel, MarginalsAreTheSumsOverAllWaysToLabelTheSentences) {
  const Invented invented(3);
  const RoleModel model(invented.bytes);
  const std::vector<std::vector<uint16_t>> features = {{1, 50, 65535}, {2, 50}, {7}, {9, 1000}};

  const std::vector<RoleProbabilities> found = model.Marginals(features);

  std::vector<RoleProbabilities> expected(features.size());
  double total = 0;
  for (size_t code = 0; code < kRoles * kRoles * kRoles * kRoles; ++code) {
    std::array<size_t, 4> roles = {code % kRoles, code / kRoles % kRoles,
                                   code / kRoles / kRoles % kRoles,
                                   code / kRoles / kRoles / kRoles};
    double score = invented.start[roles[0]];
    for (size_t i = 0; i < roles.size(); ++i) {
      score += invented.Local(features[i], roles[i]);
      if (i > 0) score += invented.transition[roles[i - 1]][roles[i]];
    }
    total += std::exp(score);
    for (size_t i = 0; i < roles.size(); ++i) expected[i][roles[i]] += std::exp(score);
  }
  for (size_t i = 0; i < features.size(); ++i) {
    for (size_t role = 0; role < kRoles; ++role) {
      EXPECT_NEAR(found[i][role], expected[i][role] / total, 1e-6) << i << ' ' << role;
    }
  }
}

TEST(RoleModel, NoSentenceHasNoRoles) { EXPECT_TRUE(RoleModel::Trained().Marginals({}).empty()); }

TEST(RoleModelDeathTest, BrokenBytesStopTheProgramAndSayWhy) {
  const Invented invented(3);
  std::string other_mark = invented.bytes;
  other_mark[0] = 'X';
  std::string other_features = invented.bytes;
  other_features[8] = 17;

  EXPECT_DEATH(RoleModel{""}, "no mark");
  EXPECT_DEATH(RoleModel{other_mark}, "no mark");
  EXPECT_DEATH(RoleModel{other_features}, "other features");
  EXPECT_DEATH(RoleModel{std::string_view(invented.bytes).substr(0, 60)}, "too short");
  EXPECT_DEATH(RoleModel{std::string_view(invented.bytes).substr(0, 5000)}, "wrong size");
}

std::vector<Role> RolesOf(const std::vector<std::string_view>& sentences) {
  std::vector<std::vector<Token>> tokens(sentences.size());
  for (size_t i = 0; i < sentences.size(); ++i) ReadTokens(sentences[i], tokens[i]);
  std::vector<Role> roles;
  for (const RoleProbabilities& of_one :
       RoleModel::Trained().Marginals(RoleFeatures(sentences, tokens))) {
    const auto most = std::max_element(of_one.begin(), of_one.end());
    roles.push_back(static_cast<Role>(most - of_one.begin()));
  }
  return roles;
}

TEST(RoleModel, TheTrainedOneKnowsAnAbstractOfTheUsualShape) {
  EXPECT_THAT(
      RolesOf({"Large tables of items are widely used, but they are slow to search.",
               "However, existing routers remain expensive and often fail on rare items.",
               "In this paper, we propose TinyTable, a router that learns which table to open.",
               "TinyTable is trained with a contrastive loss on pairs of queries and items.",
               "Experiments show that TinyTable outperforms all baselines by 12%."}),
      testing::ElementsAre(Role::kBackground, Role::kBackground, Role::kObjective, Role::kMethod,
                           Role::kResult));
}

TEST(RoleFeatures, DependOnTheSentencesBeside) {
  const std::vector<std::string_view> alone = {"The router is small."};
  const std::vector<std::string_view> pair = {"The router is small.", "We test it."};
  std::vector<std::vector<Token>> tokens(2);
  for (size_t i = 0; i < 2; ++i) ReadTokens(pair[i], tokens[i]);

  EXPECT_NE(RoleFeatures(alone, {tokens[0]})[0], RoleFeatures(pair, tokens)[0]);
}

TEST(RoleFeatures, HaveNoRepeats) {
  const std::vector<std::string_view> sentences = {"We train and train and train our 3 models."};
  std::vector<std::vector<Token>> tokens(1);
  ReadTokens(sentences[0], tokens[0]);

  std::vector<uint16_t> features = RoleFeatures(sentences, tokens)[0];

  std::sort(features.begin(), features.end());
  EXPECT_EQ(std::adjacent_find(features.begin(), features.end()), features.end());
}

TEST(RoleFeatures, OfAnEmptySentenceAreItsPlaceOnly) {
  EXPECT_GT(RoleFeatures({""}, {{}})[0].size(), 4u);
}

}  // namespace
}  // namespace paperwire::summarize
