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

  prometheus::Registry metrics_;
  Latency latency_{metrics_};
  window::LedgerContents contents_;
  const SnapshotPtr before_ = MakeSnapshot({MakeEntry("2606.00001", "2026-06-23")});
  const absl::Time turn_ = calendar::FeedTurn(absl::CivilDay(2026, 6, 23));
};

TEST_F(LatencyTest, MeasuresFromTheAnnouncementAndFromIngestsRecord) {
  contents_.papers["2026-06-23"]["2606.00002"].ingested_ms =
      absl::ToUnixMillis(turn_ + absl::Seconds(100));

  latency_.Observe(*before_, {Serve("2606.00002", "2026-06-23"), Serve("2606.00003", "2026-06-23")},
                   contents_, turn_ + absl::Seconds(140), /*recorded=*/false);

  const auto announced = Measured("paperwire_serve_announced_to_served_seconds");
  EXPECT_EQ(announced.first, 2u);
  EXPECT_DOUBLE_EQ(announced.second, 280);
  const auto ingested = Measured("paperwire_serve_ingested_to_served_seconds");
  EXPECT_EQ(ingested.first, 1u);
  EXPECT_DOUBLE_EQ(ingested.second, 40);
}

TEST_F(LatencyTest, CountsNoCardThatReadersHadAndNoRemoval) {
  latency_.Observe(*before_, {Serve("2606.00001", "2026-06-23"), {At(3), "2606.00004", nullptr}},
                   contents_, turn_ + absl::Seconds(140), /*recorded=*/false);

  EXPECT_EQ(Measured("paperwire_serve_announced_to_served_seconds").first, 0u);
}

TEST_F(LatencyTest, OfARecordingOnlyTheWayThroughTheStagesIsMeasured) {
  contents_.papers["2026-06-23"]["2606.00002"].ingested_ms = absl::ToUnixMillis(turn_);

  latency_.Observe(*before_, {Serve("2606.00002", "2026-06-23")}, contents_,
                   turn_ + absl::Seconds(5), /*recorded=*/true);

  EXPECT_EQ(Measured("paperwire_serve_announced_to_served_seconds").first, 0u);
  EXPECT_EQ(Measured("paperwire_serve_ingested_to_served_seconds").first, 1u);
}

}  // namespace
}  // namespace paperwire::serve
