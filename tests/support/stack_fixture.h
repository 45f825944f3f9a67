#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/support/environment.h"
#include "tests/support/stack.h"

namespace paperwire::support {

// A test on a stack of its own. On a machine that cannot run Kafka or Redis it is skipped, and the
// program says so in the words that ctest looks for. A test that fails shows the services' logs.
class StackTest : public ::testing::Test {
 protected:
  explicit StackTest(Stack::Options options = {}) : options_(std::move(options)) {}

  void SetUp() override {
    auto stack = Stack::Start(options_);
    if (absl::IsFailedPrecondition(stack.status())) {
      std::printf("SKIPPED PROGRAM: %s\n", stack.status().ToString().c_str());
      GTEST_SKIP() << stack.status();
    }
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = std::move(*stack);
  }

  void TearDown() override {
    if (stack_ && HasFailure()) std::printf("%s\n", stack_->LogTails().c_str());
  }

  Stack& stack() { return *stack_; }

 private:
  Stack::Options options_;
  std::unique_ptr<Stack> stack_;
};

}  // namespace paperwire::support
