#pragma once

#include <stdexcept>

#include "tests/support/redis_process.h"

namespace paperwire::tests {

// The real server that all tests of a program share; started when first asked for. Throws where it
// does not start.
inline RedisProcess& SharedRedis() {
  static const auto kRedis = [] {
    auto started = RedisProcess::Start();
    if (!started.ok()) throw std::runtime_error(started.status().ToString());
    return *std::move(started);
  }();
  return *kRedis;
}

}  // namespace paperwire::tests
