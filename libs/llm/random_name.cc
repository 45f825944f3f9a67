#include "libs/llm/random_name.h"

#include <fmt/format.h>

#include <random>

namespace paperwire::llm {

std::string RandomName() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

}  // namespace paperwire::llm
