// Snapshots against a plain list of what they should hold.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "fmt/format.h"
#include "gtest/gtest.h"
#include "services/serve/candidates.h"
#include "services/serve/snapshot.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

const std::vector<std::string> kTags = {"theory", "nlp", "robotics", "optimization"};
const std::vector<std::string> kCategories = {"cs.LG", "stat.ML", "cs.CV"};
const std::vector<std::string> kAuthors = {"Ada Quill", "Bo Quill", "Cy Ada Vane"};

struct Model {
  std::map<std::string, EntryPtr> entries;
  std::map<std::string, Gone> gone;

  std::vector<const ServedEntry*> InOrder() const {
    std::vector<const ServedEntry*> all;
    for (const auto& [id, entry] : entries) all.push_back(entry.get());
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
      return std::tuple(b->announced(), b->arxiv_id()) < std::tuple(a->announced(), a->arxiv_id());
    });
    return all;
  }
};

template <typename Range>
std::vector<std::string> IdsOf(const Range& range) {
  std::vector<std::string> ids;
  for (const ServedEntry& entry : range) ids.push_back(entry.arxiv_id());
  return ids;
}

template <typename Wanted>
std::vector<std::string> Expected(const Model& model, const Wanted& wanted) {
  std::vector<std::string> ids;
  for (const ServedEntry* entry : model.InOrder()) {
    if (wanted(*entry)) ids.push_back(entry->arxiv_id());
  }
  return ids;
}

bool HasWord(const ServedEntry& entry, const std::string& word) {
  for (const std::string_view name : entry.values(Facet::kAuthor)) {
    if ((" " + std::string(name) + " ").find(" " + word + " ") != std::string::npos) return true;
  }
  return false;
}

void ExpectIndexes(const Snapshot& snapshot, const Model& model, const std::string& date) {
  ASSERT_EQ(IdsOf(snapshot.entries()), Expected(model, [](const auto&) { return true; }));
  ASSERT_EQ(IdsOf(snapshot.From(date)),
            Expected(model, [&](const auto& entry) { return entry.announced() >= date; }));
  ASSERT_EQ(IdsOf(snapshot.OfDate(date)),
            Expected(model, [&](const auto& entry) { return entry.announced() == date; }));
  for (const auto& [facet, values] :
       {std::pair(Facet::kTag, kTags), std::pair(Facet::kCategory, kCategories),
        std::pair(Facet::kPrimaryCategory, kCategories)}) {
    for (const std::string& value : values) {
      const auto expected =
          Expected(model, [&](const auto& entry) { return entry.Has(facet, value); });
      ASSERT_EQ(IdsOf(snapshot.Of(facet, value)), expected) << value;
    }
  }
  for (const char* word : {"quill", "ada", "vane", "bo"}) {
    ASSERT_EQ(IdsOf(snapshot.Of(Facet::kAuthor, word)),
              Expected(model, [&](const auto& entry) { return HasWord(entry, word); }))
        << word;
  }
  std::map<std::string, uint32_t, std::greater<>> dates;
  for (const auto& [id, entry] : model.entries) ++dates[entry->announced()];
  ASSERT_EQ(snapshot.dates(), dates);
}

void ExpectSame(const Snapshot& snapshot, const Model& model, std::mt19937& random) {
  ExpectIndexes(snapshot, model, fmt::format("2026-06-{:02}", 10 + random() % 12));
  for (const auto& [id, entry] : model.entries) ASSERT_EQ(snapshot.Find(id), entry);
  for (const auto& [id, paper] : model.gone) ASSERT_EQ(snapshot.Find(id), nullptr);

  std::vector<std::tuple<window::Cursor, std::string, bool>> changes;
  const window::Cursor after = At(random() % 3000);
  for (const auto& [id, entry] : model.entries) {
    if (after < entry->changed()) changes.emplace_back(entry->changed(), id, true);
  }
  for (const auto& [id, paper] : model.gone) {
    if (after < paper.changed) changes.emplace_back(paper.changed, id, false);
  }
  std::sort(changes.begin(), changes.end());
  const size_t limit = random() % 60;
  if (changes.size() > limit) changes.resize(limit);
  const auto told = snapshot.ChangesAfter(after, limit);
  ASSERT_EQ(told.size(), changes.size());
  for (size_t i = 0; i < told.size(); ++i) {
    ASSERT_EQ(std::tuple(told[i].cursor, told[i].arxiv_id, told[i].entry != nullptr), changes[i]);
  }

  const ServedEntry* newest = nullptr;
  for (const auto& [id, entry] : model.entries) {
    if (entry->tag_model().empty()) continue;
    if (newest == nullptr || std::pair(newest->tagged(), newest->arxiv_id()) <
                                 std::pair(entry->tagged(), entry->arxiv_id())) {
      newest = entry.get();
    }
  }
  ASSERT_EQ(snapshot.tag_model(), newest == nullptr ? "" : newest->tag_model());
}

EntryPtr RandomEntry(std::mt19937& random, const std::string& id, uint64_t day, uint64_t cursor) {
  std::vector<std::string> tags;
  for (size_t i = 0; i <= random() % 3; ++i) tags.push_back(kTags[random() % kTags.size()]);
  v1::Entry entry = MakeEntry(id, fmt::format("2026-06-{:02}", day), tags);
  entry.mutable_paper()->clear_categories();
  for (size_t i = 0; i < random() % 3; ++i) {
    entry.mutable_paper()->add_categories(kCategories[random() % kCategories.size()]);
  }
  entry.mutable_paper()->clear_authors();
  for (size_t i = 0; i < random() % 3; ++i) {
    entry.mutable_paper()->add_authors()->set_name(kAuthors[random() % kAuthors.size()]);
  }
  if (random() % 4 != 0) {
    entry.mutable_tag_provenance()->set_model(fmt::format("linear-{}", random() % 3));
    entry.mutable_tag_provenance()->mutable_create_time()->set_seconds(
        static_cast<int64_t>(random() % 500));
  }
  return ServedEntry::Make(entry, At(cursor), At(cursor));
}

TEST(SnapshotModel, EveryIndexFollowsWhateverChangesAndOlderSnapshotsStayAsTheyWere) {
  for (const uint32_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Model model;
    auto snapshot = std::make_shared<const Snapshot>("e1", At(0), std::vector<EntryPtr>(),
                                                     std::vector<Gone>(), "");
    std::vector<std::pair<SnapshotPtr, Model>> older;
    uint64_t cursor = 0;
    for (int round = 0; round < 120; ++round) {
      const uint64_t first_day = 10 + static_cast<uint64_t>(round) / 20;
      const std::string oldest = fmt::format("2026-06-{:02}", first_day);
      std::map<std::string, EntryPtr> changed;
      std::map<std::string, Gone> gone;
      for (size_t i = 0; i < random() % 25; ++i) {
        const std::string id = fmt::format("2606.{:05}", random() % 200);
        ++cursor;
        changed.erase(id);
        gone.erase(id);
        if (random() % 4 == 0) {
          const uint64_t day = first_day - 1 + random() % 7;
          gone[id] = {.arxiv_id = id,
                      .announced = fmt::format("2026-06-{:02}", day),
                      .changed = At(cursor)};
        } else {
          changed[id] = RandomEntry(random, id, first_day - 1 + random() % 7, cursor);
        }
      }
      std::vector<EntryPtr> entries;
      std::vector<Gone> papers;
      for (const auto& [id, paper] : gone) {
        papers.push_back(paper);
        model.entries.erase(id);
        model.gone[id] = paper;
      }
      for (const auto& [id, entry] : changed) {
        entries.push_back(entry);
        model.gone.erase(id);
        model.entries[id] = entry;
      }
      std::erase_if(model.entries,
                    [&](const auto& item) { return item.second->announced() < oldest; });
      std::erase_if(model.gone, [&](const auto& item) { return item.second.announced < oldest; });
      snapshot = snapshot->After(At(cursor), std::move(entries), papers, oldest);
      ExpectSame(*snapshot, model, random);
      if (HasFatalFailure()) return;

      std::vector<EntryPtr> all;
      std::vector<Gone> all_gone;
      for (const auto& [id, entry] : model.entries) all.push_back(entry);
      for (const auto& [id, paper] : model.gone) all_gone.push_back(paper);
      std::shuffle(all.begin(), all.end(), random);
      ExpectSame(Snapshot("e1", At(cursor), all, all_gone, oldest), model, random);
      if (HasFatalFailure()) return;
      if (round % 10 == 0) older.emplace_back(snapshot, model);
    }
    for (const auto& [old, was] : older) ExpectSame(*old, was, random);
  }
}

TEST(SnapshotModel, CandidatesAreThoseOfTheSmallestIndexInOrder) {
  std::mt19937 random(5);
  Model model;
  std::vector<EntryPtr> all;
  for (int i = 0; i < 150; ++i) {
    const std::string id = fmt::format("2606.{:05}", i);
    all.push_back(RandomEntry(random, id, 10 + random() % 7, static_cast<uint64_t>(i)));
    model.entries[id] = all.back();
  }
  const Snapshot snapshot("e1", At(150), all, {}, "");
  const auto ids_from = [](const Candidates& candidates, size_t position) {
    std::vector<std::string> ids;
    candidates.VisitFrom(position, [&](const ServedEntry& entry) {
      ids.push_back(entry.arxiv_id());
      return true;
    });
    return ids;
  };
  const std::string from = "2026-06-12";
  const std::string to = "2026-06-15";
  const auto in_days = [&](const ServedEntry& entry) {
    return entry.announced() >= from && entry.announced() <= to;
  };

  const Candidates plain(snapshot, from, to, {});
  EXPECT_TRUE(plain.meet_all());
  EXPECT_EQ(ids_from(plain, 0), Expected(model, in_days));

  const Candidates any(snapshot, from, to, {{Facet::kTag, {"nlp", "theory", "nlp", "none"}}});
  const auto expected = Expected(model, [&](const ServedEntry& entry) {
    return in_days(entry) && (entry.Has(Facet::kTag, "nlp") || entry.Has(Facet::kTag, "theory"));
  });
  EXPECT_TRUE(any.meet_all());
  EXPECT_EQ(any.size(), expected.size());
  EXPECT_EQ(ids_from(any, 0), expected);

  const Candidates both(snapshot, from, to,
                        {{Facet::kCategory, {"cs.LG"}}, {Facet::kAuthor, {"nobody"}}});
  EXPECT_FALSE(both.meet_all());
  EXPECT_EQ(both.size(), 0u);

  for (const Candidates* candidates : {&plain, &any}) {
    const auto ids = ids_from(*candidates, 0);
    for (size_t i = 0; i < ids.size(); ++i) {
      const EntryPtr entry = snapshot.Find(ids[i]);
      ASSERT_EQ(candidates->PositionAfter(entry->announced(), ids[i]), i + 1);
    }
    // The place of a card that has gone.
    EXPECT_EQ(candidates->PositionAfter("2026-06-30", "2606.00000"), 0u);
    EXPECT_EQ(candidates->PositionAfter("2026-06-01", "2606.00000"), ids.size());
    EXPECT_EQ(ids_from(*candidates, ids.size()), std::vector<std::string>());
  }
}

}  // namespace
}  // namespace paperwire::serve
