#include "services/serve/card_tally.h"

#include "gtest/gtest.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

v1::Entry MadeBy(const std::string& id, const std::string& announced, const std::string& model,
                 bool fallback = false) {
  v1::Entry entry = MakeEntry(id, announced);
  v1::Provenance& provenance = *entry.mutable_summary()->mutable_provenance();
  provenance.set_model(model);
  if (fallback) provenance.set_fallback_reason(v1::FALLBACK_REASON_REFUSED);
  return entry;
}

TEST(CardTally, FollowsChangesRemovalsAndMovesAsACountOfEverythingWould) {
  CardTally tally;
  SnapshotPtr before;
  SnapshotPtr snapshot = MakeSnapshot({MadeBy("2606.00001", "2026-06-22", "roles-1"),
                                       MadeBy("2606.00002", "2026-06-23", "roles-1", true),
                                       MadeBy("2606.00003", "2026-06-23", "roles-2")});
  const auto step = [&](SnapshotPtr next) {
    before = std::exchange(snapshot, std::move(next));
    tally.Update(snapshot, ChangesBetween(before, snapshot), "2026-06-17");
    CardTally fresh;
    fresh.Update(snapshot, std::nullopt, "2026-06-17");
    EXPECT_EQ(tally.Total().cards, fresh.Total().cards);
    EXPECT_EQ(tally.Total().fallbacks, fresh.Total().fallbacks);
    EXPECT_EQ(tally.Total().models, fresh.Total().models);
    EXPECT_EQ(tally.days().size(), fresh.days().size());
  };
  step(snapshot);
  EXPECT_EQ(tally.days().at("2026-06-23").cards, 2u);
  EXPECT_EQ(tally.days().at("2026-06-23").fallbacks, 1u);
  EXPECT_EQ((tally.Total().models.at({"summarize", "roles-1"})), 2u);

  step(snapshot->After(
      At(2), {ServedEntry::Make(MadeBy("2606.00002", "2026-06-23", "roles-3"), At(1), At(2))}, {},
      ""));
  EXPECT_EQ(tally.Total().fallbacks, 0u);
  EXPECT_EQ((tally.Total().models.at({"summarize", "roles-3"})), 1u);
  // Its date was told earlier than it was known.
  step(snapshot->After(
      At(3), {ServedEntry::Make(MadeBy("2606.00003", "2026-06-22", "roles-2"), At(1), At(3))}, {},
      ""));
  EXPECT_EQ(tally.days().at("2026-06-23").cards, 1u);
  EXPECT_EQ(tally.days().at("2026-06-22").cards, 2u);
  const Gone gone{.arxiv_id = "2606.00002", .announced = "2026-06-23", .changed = At(4)};
  step(snapshot->After(At(4), {}, {&gone, 1}, ""));
  EXPECT_FALSE(tally.days().contains("2026-06-23"));
  step(MakeSnapshot({MadeBy("2606.00009", "2026-06-19", "roles-1")}, "e2"));
  EXPECT_EQ(tally.Total().cards, 1u);
}

TEST(CardTally, LeavesOutWhatIsOlderThanTheWindow) {
  CardTally tally;
  const SnapshotPtr snapshot = MakeSnapshot({MadeBy("2606.00001", "2026-06-10", "roles-1"),
                                             MadeBy("2606.00002", "2026-06-23", "roles-1")});
  tally.Update(snapshot, std::nullopt, "2026-06-17");
  EXPECT_EQ(tally.Total().cards, 1u);
  tally.Update(snapshot, ChangesBetween(snapshot, snapshot), "2026-06-24");
  EXPECT_EQ(tally.Total().cards, 0u);
  tally.Update(nullptr, ChangesBetween(snapshot, nullptr), "2026-06-24");
  EXPECT_EQ(tally.Total().cards, 0u);
}

}  // namespace
}  // namespace paperwire::serve
