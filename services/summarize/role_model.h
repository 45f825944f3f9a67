#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "services/summarize/roles.h"

namespace paperwire::summarize {

using RoleProbabilities = std::array<double, kRoles>;

// A linear-chain conditional random field (Lafferty, McCallum, Pereira 2001) over the roles of an
// abstract's sentences. Weights are int8 with one scale a role. Immutable, thread-safe.
class RoleModel {
 public:
  // The model that was trained for this program, compiled in.
  static const RoleModel& Trained();

  // `bytes` as tools/training writes them (docs/models.md); they must outlive the model. Stops the
  // program when they are not a model: that is a broken build.
  explicit RoleModel(std::string_view bytes);

  // The probability of each role of each sentence, given all sentences (forward-backward).
  // `features` as RoleFeatures gives them.
  std::vector<RoleProbabilities> Marginals(
      const std::vector<std::vector<uint16_t>>& features) const;

 private:
  const int8_t* weights_ = nullptr;
  std::array<float, kRoles> scale_{};
  std::array<std::array<double, kRoles>, kRoles> transition_{};
  std::array<double, kRoles> start_{};
};

}  // namespace paperwire::summarize
