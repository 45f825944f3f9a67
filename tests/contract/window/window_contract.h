#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/contract/window/stores.h"

namespace paperwire::window {

// One suite of tests on every kind of window.
class WindowContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "Redis" && !tests::RedisProcess::Available()) {
      GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    }
    stores_ = MakeStores(GetParam());
    Begin();
  }

  Window& window() { return stores_->window(); }

  void Begin() {
    const auto begun = window().Begin({{kTagged, 0}});
    ASSERT_TRUE(begun.ok()) << begun.status().ToString();
    epoch_ = begun->epoch;
    at_ = begun->offsets.contains(kTagged) ? begun->offsets.at(kTagged) : -1;
  }

  // Applies one write at the next offset.
  Verdict Apply(Write write) {
    write.offset = std::max<int64_t>(at_, 0);
    const auto applied = window().Apply(epoch_, kTagged, at_, kOldest, std::span(&write, 1));
    EXPECT_TRUE(applied.ok()) << applied.status().ToString();
    if (!applied.ok()) return Verdict::kFenced;
    at_ = applied->stored_offset;
    return applied->verdicts.at(0);
  }

  std::map<std::string, v1::Entry> Entries() {
    std::map<std::string, v1::Entry> entries;
    const auto contents = window().Load();
    EXPECT_TRUE(contents.ok()) << contents.status().ToString();
    for (const Stored& paper : contents->papers) {
      EXPECT_TRUE(entries.emplace(paper.entry.paper().arxiv_id(), paper.entry).second) << "twice";
    }
    return entries;
  }

  // As Load has them, and as Get has the papers.
  std::map<std::string, Stored> Papers() {
    std::map<std::string, Stored> papers;
    const auto contents = window().Load();
    EXPECT_TRUE(contents.ok()) << contents.status().ToString();
    for (const Stored& paper : contents->papers) {
      const std::vector<std::string> ids = {paper.entry.paper().arxiv_id()};
      const auto got = window().Get(ids);
      EXPECT_EQ(got->at(0).first, paper.first);
      EXPECT_EQ(got->at(0).changed, paper.changed);
      papers.emplace(ids[0], paper);
    }
    return papers;
  }

  std::vector<std::string> Changes(const Cursor& cursor) {
    std::vector<std::string> texts;
    const auto changes = window().ChangesAfter(epoch_, cursor, 1000);
    EXPECT_TRUE(changes.ok()) << changes.status().ToString();
    for (const Change& change : changes.value()) {
      texts.push_back((change.removed ? "-" : "+") + change.arxiv_id + "@" +
                      std::to_string(change.revision));
    }
    return texts;
  }

  Cursor Now() { return window().GetState().value().cursor; }

  std::unique_ptr<Stores> stores_;
  std::string epoch_;
  int64_t at_ = -1;
};

}  // namespace paperwire::window
