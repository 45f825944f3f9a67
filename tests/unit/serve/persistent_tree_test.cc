#include "services/serve/persistent_tree.h"

#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace paperwire::serve {
namespace {

// An item that is equal to others of its key, and counts how many of it there are.
struct Pair {
  int key = 0;
  std::shared_ptr<const int> value;
};
struct ByKey {
  bool operator()(const Pair& a, const Pair& b) const { return a.key < b.key; }
  bool operator()(const Pair& a, int b) const { return a.key < b; }
  bool operator()(int a, const Pair& b) const { return a < b.key; }
};
using Tree = PersistentTree<Pair, ByKey>;
using Model = std::map<int, int>;

void ExpectSame(const Tree& tree, const Model& model, std::mt19937& random) {
  ASSERT_EQ(tree.size(), model.size());
  auto expected = model.begin();
  size_t rank = 0;
  for (const Pair& pair : tree) {
    ASSERT_EQ(pair.key, expected->first) << "at rank " << rank;
    ASSERT_EQ(*pair.value, expected->second);
    ++expected;
    ++rank;
  }
  ASSERT_EQ(rank, model.size());
  for (int i = 0; i < 20 && !model.empty(); ++i) {
    const size_t at = random() % model.size();
    const int key = std::next(model.begin(), static_cast<std::ptrdiff_t>(at))->first;
    ASSERT_EQ(tree[at].key, key);
    ASSERT_EQ(tree.CountWhile([&](const Pair& pair) { return pair.key < key; }), at);
    ASSERT_EQ(tree.CountWhile([&](const Pair& pair) { return pair.key <= key; }), at + 1);
    ASSERT_EQ(tree.Find(key)->key, key);
  }
}

// Runs of inserts and of erasures, so that it grows over several levels and shrinks to nothing.
TEST(PersistentTree, IsAMapWhateverIsDoneToItAndEveryCopyStaysAsItWas) {
  for (const uint32_t seed : {1u, 2u, 3u, 4u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const int keys = seed % 2 == 0 ? 300 : 100'000;
    Tree tree;
    Model model;
    std::vector<std::pair<Tree, Model>> copies;
    for (int round = 0; round < 24; ++round) {
      const bool grows = round % 8 < 5;
      for (int i = 0; i < 1000; ++i) {
        int key = static_cast<int>(random() % static_cast<uint32_t>(keys));
        if (!grows && !model.empty() && i % 8 != 0) {
          const auto at = model.lower_bound(key);
          key = at == model.end() ? model.begin()->first : at->first;
        }
        if (grows == (random() % 8 != 0)) {
          const int value = static_cast<int>(random() % 1000);
          ASSERT_EQ(tree.Insert({key, std::make_shared<const int>(value)}), !model.contains(key));
          model[key] = value;
        } else {
          ASSERT_EQ(tree.Erase(key), model.erase(key) == 1);
        }
        if (i % 250 == 0) copies.emplace_back(tree, model);
      }
      ExpectSame(tree, model, random);
    }
    while (!model.empty()) {
      const int key =
          std::next(model.begin(), static_cast<std::ptrdiff_t>(model.size() / 2))->first;
      model.erase(key);
      ASSERT_TRUE(tree.Erase(key));
    }
    EXPECT_TRUE(tree.empty());
    EXPECT_EQ(tree.begin(), tree.end());
    for (const auto& [copy, expected] : copies) ExpectSame(copy, expected, random);
  }
}

TEST(PersistentTree, IsTheSameMadeOfSortedItemsAsOneByOne) {
  std::mt19937 random(7);
  for (const int size : {0, 1, 27, 28, 29, 32, 33, 784, 785, 30'000}) {
    std::vector<Pair> sorted;
    Model model;
    for (int i = 0; i < size; ++i) {
      sorted.push_back({i * 2, std::make_shared<const int>(i)});
      model[i * 2] = i;
    }
    Tree tree{std::span<const Pair>(sorted)};
    ExpectSame(tree, model, random);
    for (int i = 0; i < 500; ++i) {
      const int key = static_cast<int>(random() % 60'000);
      tree.Insert({key, std::make_shared<const int>(i)});
      model[key] = i;
    }
    ExpectSame(tree, model, random);
  }
}

TEST(PersistentTree, KeepsNothingThatNoCopyHolds) {
  const auto value = std::make_shared<const int>(5);
  {
    Tree tree;
    for (int i = 0; i < 3000; ++i) tree.Insert({i, value});
    Tree copy = tree;
    for (int i = 0; i < 3000; i += 2) copy.Erase(i);
    tree = Tree();
    EXPECT_EQ(copy.size(), 1500u);
    while (!copy.empty()) copy.Erase(copy[copy.size() / 2].key);
    EXPECT_EQ(value.use_count(), 1);
  }
}

TEST(PersistentTree, TellsWhereAKeyWouldStand) {
  Tree tree;
  for (const int key : {10, 20, 30}) tree.Insert({key, std::make_shared<const int>(key)});

  EXPECT_EQ(tree.Find(15), nullptr);
  EXPECT_EQ(tree.Find(31), nullptr);
  EXPECT_EQ(*tree.Find(20)->value, 20);
  EXPECT_FALSE(tree.Erase(15));
  EXPECT_EQ(tree.CountWhile([](const Pair& pair) { return pair.key < 15; }), 1u);
  EXPECT_EQ(tree.CountWhile([](const Pair&) { return true; }), 3u);
}

// For the thread sanitizer: what one thread changes is never what another reads.
TEST(PersistentTree, CopiesAreReadAndFreedByOthersWhileItChanges) {
  Tree tree;
  for (int i = 0; i < 2000; ++i) tree.Insert({i, std::make_shared<const int>(i)});
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> readers;
    std::atomic<int> wrong = 0;
    for (int reader = 0; reader < 3; ++reader) {
      readers.emplace_back([copy = tree, &wrong, expected = tree.size()]() mutable {
        int last = -1;
        size_t count = 0;
        for (const Pair& pair : copy) {
          wrong += pair.key <= last ? 1 : 0;
          last = pair.key;
          ++count;
        }
        wrong += count == expected ? 0 : 1;
        copy.Erase(copy[count / 2].key);
      });
    }
    for (int i = 0; i < 200; ++i) {
      tree.Erase(round * 50 + i);
      tree.Insert({10'000 + round * 200 + i, std::make_shared<const int>(i)});
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(wrong, 0);
  }
}

}  // namespace
}  // namespace paperwire::serve
