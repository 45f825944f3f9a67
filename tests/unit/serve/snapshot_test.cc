#include "services/serve/snapshot.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Ids(const EntryRange& entries) {
  std::vector<std::string> ids;
  for (const ServedEntry& entry : entries) ids.push_back(entry.arxiv_id());
  return ids;
}

TEST(Snapshot, OrdersByDateAndThenByIdBothDescending) {
  const auto snapshot =
      MakeSnapshot({MakeEntry("2606.00002", "2026-06-22"), MakeEntry("2606.00001", "2026-06-23"),
                    MakeEntry("2606.00003", "2026-06-22"), MakeEntry("2606.00009", "2026-06-21")});

  EXPECT_THAT(Ids(snapshot->entries()),
              ElementsAre("2606.00001", "2606.00003", "2606.00002", "2606.00009"));
  EXPECT_THAT(Ids(snapshot->OfDate("2026-06-22")), ElementsAre("2606.00003", "2606.00002"));
  EXPECT_TRUE(snapshot->OfDate("2026-06-20").empty());
}

TEST(Snapshot, CutsAtTheDateOfTheRead) {
  const auto snapshot =
      MakeSnapshot({MakeEntry("2606.00001", "2026-06-16"), MakeEntry("2606.00002", "2026-06-17"),
                    MakeEntry("2606.00003", "2026-06-23")});

  EXPECT_THAT(Ids(snapshot->From("2026-06-17")), ElementsAre("2606.00003", "2606.00002"));
  EXPECT_THAT(Ids(snapshot->From("2026-06-24")), ElementsAre());
}

TEST(Snapshot, LeavesOutWhatIsTooOldWhenItIsBuilt) {
  const Snapshot snapshot("e", At(1),
                          {Shared(MakeEntry("2606.00001", "2026-06-16")),
                           Shared(MakeEntry("2606.00002", "2026-06-17"))},
                          {}, "2026-06-17");

  EXPECT_THAT(Ids(snapshot.entries()), ElementsAre("2606.00002"));
  EXPECT_EQ(snapshot.Find("2606.00001"), nullptr);
}

TEST(Snapshot, TakesChangesAndRemovalsAndLeavesTheOldOneAsItWas) {
  const auto before = MakeSnapshot({MakeEntry("2606.00001", "2026-06-23", {"theory"}),
                                    MakeEntry("2606.00002", "2026-06-23", {"theory"})});

  const std::vector<Gone> gone = {{.arxiv_id = "2606.00002"}};
  const auto after = before->After(At(7),
                                   {Shared(MakeEntry("2606.00001", "2026-06-23", {"nlp"}, 1)),
                                    Shared(MakeEntry("2606.00005", "2026-06-23", {"nlp"}))},
                                   gone, "");

  EXPECT_THAT(Ids(after->entries()), ElementsAre("2606.00005", "2606.00001"));
  EXPECT_EQ(after->OfTag("nlp").size(), 2u);
  EXPECT_EQ(after->OfTag("theory").size(), 0u);
  EXPECT_EQ(after->cursor(), At(7));
  EXPECT_EQ(before->OfTag("theory").size(), 2u);
  EXPECT_NE(before->Find("2606.00002"), nullptr);
}

TEST(Snapshot, KnowsTheModelThatChoseTagsLast) {
  v1::Entry first = MakeEntry("2606.00001", "2026-06-23");
  v1::Entry second = MakeEntry("2606.00002", "2026-06-22");
  EXPECT_EQ(MakeSnapshot({first})->tag_model(), "");

  first.mutable_tag_provenance()->set_model("linear-1");
  first.mutable_tag_provenance()->mutable_create_time()->set_seconds(100);
  second.mutable_tag_provenance()->set_model("linear-2");
  second.mutable_tag_provenance()->mutable_create_time()->set_seconds(200);

  EXPECT_EQ(MakeSnapshot({first, second})->tag_model(), "linear-2");
}

std::vector<std::string> IdsOf(const std::vector<SnapshotChange>& changes) {
  std::vector<std::string> ids;
  for (const SnapshotChange& change : changes) {
    ids.push_back(change.arxiv_id + (change.entry == nullptr ? " gone" : ""));
  }
  return ids;
}

TEST(Snapshot, TellsTheLatestChangeOfEachPaperInTheOrderOfTheirCursors) {
  const auto served = [](const char* id, uint64_t first, uint64_t changed) {
    return ServedEntry::Make(MakeEntry(id, "2026-06-23"), At(first), At(changed));
  };
  const Snapshot begun("e", At(4), {served("2606.00001", 1, 4), served("2606.00002", 2, 2)},
                       {{.arxiv_id = "2606.00009", .announced = "2026-06-23", .changed = At(3)}},
                       "");
  const std::vector<Gone> gone = {
      {.arxiv_id = "2606.00002", .announced = "2026-06-23", .changed = At(6)}};
  const auto snapshot = begun.After(At(7), {served("2606.00009", 7, 7)}, gone, "");

  EXPECT_THAT(IdsOf(begun.ChangesAfter({}, 10)),
              ElementsAre("2606.00002", "2606.00009 gone", "2606.00001"));
  EXPECT_THAT(IdsOf(begun.ChangesAfter(At(2), 1)), ElementsAre("2606.00009 gone"));
  EXPECT_THAT(IdsOf(snapshot->ChangesAfter({}, 10)),
              ElementsAre("2606.00001", "2606.00002 gone", "2606.00009"));
  EXPECT_THAT(IdsOf(snapshot->ChangesAfter(At(4), 10)),
              ElementsAre("2606.00002 gone", "2606.00009"));
  EXPECT_THAT(IdsOf(snapshot->ChangesAfter(At(7), 10)), ElementsAre());
  EXPECT_EQ(snapshot->Find("2606.00001")->first(), At(1));
}

}  // namespace
}  // namespace paperwire::serve
