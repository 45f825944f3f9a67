#include "tests/contract/llm/stores.h"

namespace paperwire::llm {
namespace {

class ResultCacheContract : public StoresContract {};

TEST_P(ResultCacheContract, WhatOneWorkerPaidForAnotherFinds) {
  EXPECT_EQ(stores_->cache(0).Get("key").value(), std::nullopt);
  const std::string bytes("\0\r\n\xff card", 9);
  ASSERT_TRUE(stores_->cache(0).Put("key", bytes).ok());
  EXPECT_EQ(stores_->cache(1).Get("key").value(), bytes);
  EXPECT_EQ(stores_->cache(1).Get("another").value(), std::nullopt);
  ASSERT_TRUE(stores_->cache(1).Put("key", "").ok());
  EXPECT_EQ(stores_->cache(0).Get("key").value(), "");
}

TEST_P(ResultCacheContract, ItIsForgottenWhenItsLifeIsOver) {
  ASSERT_TRUE(stores_->cache(0).Put("key", "card", std::chrono::seconds(1)).ok());
  ASSERT_TRUE(stores_->cache(0).Put("kept", "card").ok());
  stores_->Pass(std::chrono::milliseconds(1050));
  EXPECT_EQ(stores_->cache(0).Get("key").value(), std::nullopt);
  EXPECT_EQ(stores_->cache(0).Get("kept").value(), "card");
}

INSTANTIATE_TEST_SUITE_P(Kinds, ResultCacheContract, kKinds, KindName);

}  // namespace
}  // namespace paperwire::llm
