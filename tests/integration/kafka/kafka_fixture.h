#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "tests/support/kafka_process.h"

namespace paperwire::support {

// Tests on one real Kafka with all listeners, started once for the program. Where it cannot run
// they are skipped, and the program says so in the words that ctest looks for.
class KafkaFixture : public ::testing::Test {
 public:
  static void SetUpTestSuite() {
    if (Broker().ok() || !absl::IsFailedPrecondition(Broker().status())) return;
    std::printf("SKIPPED PROGRAM: %s\n", Broker().status().ToString().c_str());
  }

 protected:
  void SetUp() override {
    if (absl::IsFailedPrecondition(Broker().status())) GTEST_SKIP() << Broker().status();
    ASSERT_TRUE(Broker().ok()) << Broker().status();
  }

  static KafkaProcess& kafka() { return **Broker(); }

 private:
  static absl::StatusOr<std::unique_ptr<KafkaProcess>>& Broker() {
    static auto broker = KafkaProcess::Start({.secured = true});
    return broker;
  }
};

}  // namespace paperwire::support
