#include "services/serve/latency.h"

#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

class LatencyTest : public testing::Test {
 protected:
  // Count and sum of a histogram.
  std::pair<uint64_t, double> Measured(const std::string& name) {
    for (const auto& family : metrics_.Collect()) {
      if (family.name != name) continue;
      const auto& histogram = family.metric.at(0).histogram;
      return {histogram.sample_count, histogram.sample_sum};
    }
    return {};
  }
  SnapshotChange Serve(const std::string& id, const std::string& announced) {
    return {At(2), id, ServedEntry::Make(MakeEntry(id, announced), At(2), At(2))};
  }

  using Changes = std::vector<SnapshotChange>;

  prometheus::Registry metrics_;

  window::LedgerContents contents_;
  const SnapshotPtr before_ = MakeSnapshot({MakeEntry("2606.00001", "2026-06-23")});
  const absl::Time turn_ = calendar::FeedTurn(absl::CivilDay(2026, 6, 23));
  Latency latency_{metrics_, turn_ + absl::Seconds(50)};
};

TEST_F(LatencyTest, MeasuresFromTheAnnouncementAndFromIngestsRecord) {
  contents_.papers["2026-06-23"]["2606.00002"].ingested_ms =
      absl::ToUnixMillis(turn_ + absl::Seconds(100));

  latency_.Observe(before_, before_,
                   Changes({Serve("2606.00002", "2026-06-23"), Serve("2606.00003", "2026-06-23")}),
                   turn_ + absl::Seconds(140), /*recorded=*/false);
  latency_.Settle(contents_, turn_ + absl::Seconds(140));

  const auto announced = Measured("paperwire_serve_announced_to_served_seconds");
  EXPECT_EQ(announced.first, 2u);
  EXPECT_DOUBLE_EQ(announced.second, 280);
  const auto ingested = Measured("paperwire_serve_ingested_to_served_seconds");
  EXPECT_EQ(ingested.first, 1u);
  EXPECT_DOUBLE_EQ(ingested.second, 40);
}

TEST_F(LatencyTest, CountsNoCardThatReadersHadAndNoRemoval) {
  latency_.Observe(before_, before_,
                   Changes({Serve("2606.00001", "2026-06-23"), {At(3), "2606.00004", nullptr}}),
                   turn_ + absl::Seconds(140), /*recorded=*/false);

  EXPECT_EQ(Measured("paperwire_serve_announced_to_served_seconds").first, 0u);
}

TEST_F(LatencyTest, OfARecordingOnlyTheWayThroughTheStagesIsMeasured) {
  contents_.papers["2026-06-23"]["2606.00002"].ingested_ms = absl::ToUnixMillis(turn_);

  latency_.Observe(before_, before_, Changes({Serve("2606.00002", "2026-06-23")}),
                   turn_ + absl::Seconds(5), /*recorded=*/true);
  latency_.Settle(contents_, turn_ + absl::Seconds(5));

  EXPECT_EQ(Measured("paperwire_serve_announced_to_served_seconds").first, 0u);
  EXPECT_EQ(Measured("paperwire_serve_ingested_to_served_seconds").first, 1u);
}

TEST_F(LatencyTest, ACardThatIsServedBeforeTheLedgerKnowsOfItIsMeasuredAfterwards) {
  latency_.Observe(before_, before_,
                   Changes({Serve("2606.00002", "2026-06-23"), Serve("2606.00003", "2026-06-23")}),
                   turn_ + absl::Seconds(5), /*recorded=*/true);
  latency_.Settle(contents_, turn_ + absl::Seconds(5));
  EXPECT_EQ(Measured("paperwire_serve_ingested_to_served_seconds").first, 0u);

  contents_.papers["2026-06-23"]["2606.00002"].ingested_ms =
      absl::ToUnixMillis(turn_ + absl::Seconds(2));
  latency_.Settle(contents_, turn_ + absl::Seconds(8));
  latency_.Settle(contents_, turn_ + absl::Seconds(9));
  const auto ingested = Measured("paperwire_serve_ingested_to_served_seconds");
  EXPECT_EQ(ingested.first, 1u) << "once";
  EXPECT_DOUBLE_EQ(ingested.second, 3) << "until it was served, not until the ledger knew";

  // What the ledger does not tell in ten minutes is given up.
  contents_.papers["2026-06-23"]["2606.00003"].ingested_ms = absl::ToUnixMillis(turn_);
  latency_.Settle({}, turn_ + absl::Minutes(11));
  latency_.Settle(contents_, turn_ + absl::Minutes(11));
  EXPECT_EQ(Measured("paperwire_serve_ingested_to_served_seconds").first, 1u);
}

TEST_F(LatencyTest, OfTheFirstSnapshotOnlyWhatWasIngestedSinceTheStartIsMeasured) {
  contents_.papers["2026-06-23"]["2606.00001"].ingested_ms =
      absl::ToUnixMillis(turn_ + absl::Seconds(49));
  contents_.papers["2026-06-23"]["2606.00002"].ingested_ms =
      absl::ToUnixMillis(turn_ + absl::Seconds(51));
  const SnapshotPtr first =
      MakeSnapshot({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-23")});

  latency_.Observe(nullptr, first, std::nullopt, turn_ + absl::Seconds(52),
                   /*recorded=*/false);
  latency_.Settle(contents_, turn_ + absl::Seconds(53));

  const auto ingested = Measured("paperwire_serve_ingested_to_served_seconds");
  EXPECT_EQ(ingested.first, 1u);
  EXPECT_DOUBLE_EQ(ingested.second, 1);
  const auto announced = Measured("paperwire_serve_announced_to_served_seconds");
  EXPECT_EQ(announced.first, 1u);
  EXPECT_DOUBLE_EQ(announced.second, 52);

  // The window begins anew: what readers had is not measured again.
  latency_.Observe(first, first, std::nullopt, turn_ + absl::Seconds(90),
                   /*recorded=*/false);
  latency_.Settle(contents_, turn_ + absl::Seconds(90));
  EXPECT_EQ(Measured("paperwire_serve_ingested_to_served_seconds").first, 1u);
}

}  // namespace
}  // namespace paperwire::serve
