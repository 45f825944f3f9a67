#include "services/serve/snapshot_holder.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

SnapshotPtr WithOne(uint64_t number) {
  std::vector<EntryPtr> entries = {Shared(MakeEntry("2606.00001", "2026-06-23"))};
  return std::make_shared<const Snapshot>("e1", At(number), std::move(entries), std::vector<Gone>(),
                                          "");
}

TEST(SnapshotHolder, TellsItsSubscribersOfEverySwapUntilTheyGo) {
  SnapshotHolder holder;
  int first = 0;
  int second = 0;
  auto kept = holder.Subscribe([&] { ++first; });
  {
    const auto ended = holder.Subscribe([&] { ++second; });
    holder.Swap(MakeSnapshot({}), absl::Now());
  }
  Subscribers::Subscription moved = std::move(kept);
  holder.Swap(MakeSnapshot({}), absl::Now());
  holder.MarkCurrent(absl::Now());

  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 1);
}

TEST(SnapshotHolder, FreesAnOldSnapshotOnceNobodyReadsItAndThenByWhoSwaps) {
  SnapshotHolder holder;
  EXPECT_EQ(holder.Get(), nullptr);
  holder.Swap(WithOne(1), absl::Now());
  SnapshotPtr read = holder.Get();
  const std::weak_ptr<const Snapshot> old = read;

  holder.Swap(WithOne(2), absl::Now());
  read.reset();
  // The reader was not the one to free it.
  EXPECT_FALSE(old.expired());
  holder.MarkStale("Redis is away");
  EXPECT_TRUE(old.expired());

  const std::weak_ptr<const Snapshot> unread = holder.Get();
  holder.Swap(WithOne(3), absl::Now());
  EXPECT_TRUE(unread.expired());
  EXPECT_EQ(holder.Get()->cursor(), At(3));
}

TEST(SnapshotHolder, WhatIsCurrentSaysNothingOfASnapshotOfTheEpochBefore) {
  SnapshotHolder holder;
  holder.Swap(MakeSnapshot({}, "e1"), absl::FromUnixSeconds(1));
  const SnapshotPtr old = holder.Get();
  holder.Swap(MakeSnapshot({}, "e1"), absl::FromUnixSeconds(2));
  EXPECT_FALSE(holder.FreshnessOf(*old).stale);
  EXPECT_EQ(holder.FreshnessOf(*old).current_at, absl::FromUnixSeconds(2));

  holder.Swap(MakeSnapshot({}, "e2"), absl::FromUnixSeconds(3));

  EXPECT_TRUE(holder.FreshnessOf(*old).stale);
  EXPECT_TRUE(holder.FreshnessOf(*old).lost);
  EXPECT_FALSE(holder.FreshnessOf(*holder.Get()).stale);
  holder.MarkStale("Redis is away");
  EXPECT_EQ(holder.FreshnessOf(*holder.Get()).reason, "Redis is away");
}

// For the sanitizers: a snapshot is never freed under a reader, and nobody sees an older one after
// a newer one.
TEST(SnapshotHolder, ReadersComeAndGoWhileItIsSwapped) {
  constexpr uint64_t kSwaps = 2000;
  SnapshotHolder holder;
  holder.Swap(WithOne(0), absl::Now());
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      window::Cursor last{};
      EntryPtr kept;
      while (!stop.load()) {
        const SnapshotPtr snapshot = holder.Get();
        wrong += snapshot->cursor() < last ? 1 : 0;
        last = snapshot->cursor();
        kept = snapshot->Find("2606.00001");
        wrong += kept != nullptr && snapshot->entries().size() == 1 ? 0 : 1;
      }
    });
  }
  std::vector<std::weak_ptr<const Snapshot>> swapped;
  for (uint64_t number = 1; number <= kSwaps; ++number) {
    SnapshotPtr next = WithOne(number);
    swapped.push_back(next);
    holder.Swap(std::move(next), absl::Now());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  holder.MarkCurrent(absl::Now());

  EXPECT_EQ(wrong, 0);
  for (size_t i = 0; i + 1 < swapped.size(); ++i) EXPECT_TRUE(swapped[i].expired()) << i;
}

}  // namespace
}  // namespace paperwire::serve
