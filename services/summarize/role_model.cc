#include "services/summarize/role_model.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "libs/weights/reader.h"
#include "services/summarize/models.h"
#include "services/summarize/role_features.h"

namespace paperwire::summarize {
namespace {

using Scores = std::array<double, kRoles>;

double LogSumExp(const Scores& scores) {
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - most);
  return most + std::log(sum);
}

}  // namespace

const RoleModel& RoleModel::Trained() {
  static const RoleModel kModel{RoleModelBytes()};
  return kModel;
}

RoleModel::RoleModel(std::string_view bytes) {
  weights::Reader reader(bytes, "PWROLES1");
  reader.Expect(kRoleFeatureBits);
  reader.Expect(kRoles);
  for (float& scale : scale_) scale = reader.Float();
  for (auto& row : transition_) {
    for (double& weight : row) weight = reader.Float();
  }
  for (double& weight : start_) weight = reader.Float();
  weights_ = reader.Weights((size_t{1} << kRoleFeatureBits) * kRoles);
}

std::vector<RoleProbabilities> RoleModel::Marginals(
    const std::vector<std::vector<uint16_t>>& features) const {
  const size_t count = features.size();
  std::vector<RoleProbabilities> roles(count);
  if (count == 0) return roles;
  std::vector<Scores> local(count);
  for (size_t i = 0; i < count; ++i) {
    std::array<int32_t, kRoles> sums{};
    for (const uint16_t feature : features[i]) {
      const int8_t* row = weights_ + static_cast<size_t>(feature) * kRoles;
      for (size_t role = 0; role < kRoles; ++role) sums[role] += row[role];
    }
    for (size_t role = 0; role < kRoles; ++role)
      local[i][role] = static_cast<double>(sums[role]) * scale_[role];
  }
  std::vector<Scores> forward(count);
  std::vector<Scores> backward(count);
  for (size_t role = 0; role < kRoles; ++role) forward[0][role] = local[0][role] + start_[role];
  for (size_t i = 1; i < count; ++i) {
    for (size_t role = 0; role < kRoles; ++role) {
      Scores from{};
      for (size_t k = 0; k < kRoles; ++k) from[k] = forward[i - 1][k] + transition_[k][role];
      forward[i][role] = LogSumExp(from) + local[i][role];
    }
  }
  for (size_t i = count - 1; i-- > 0;) {
    for (size_t role = 0; role < kRoles; ++role) {
      Scores to{};
      for (size_t k = 0; k < kRoles; ++k) {
        to[k] = transition_[role][k] + local[i + 1][k] + backward[i + 1][k];
      }
      backward[i][role] = LogSumExp(to);
    }
  }
  const double total = LogSumExp(forward[count - 1]);
  for (size_t i = 0; i < count; ++i) {
    for (size_t role = 0; role < kRoles; ++role) {
      roles[i][role] = std::exp(forward[i][role] + backward[i][role] - total);
    }
  }
  return roles;
}

}  // namespace paperwire::summarize
