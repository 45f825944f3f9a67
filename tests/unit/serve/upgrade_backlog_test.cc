#include "services/serve/upgrade_backlog.h"

#include "gtest/gtest.h"

namespace paperwire::serve {
namespace {

TEST(UpgradeBacklog, ShowsWhatTheBrokerLastSaid) {
  prometheus::Registry metrics;
  absl::StatusOr<int64_t> answer = 40;
  UpgradeBacklog backlog([&answer] { return answer; }, metrics);
  const auto shown = [&metrics] { return metrics.Collect().at(0).metric.at(0).gauge.value; };
  EXPECT_EQ(shown(), 0);

  backlog.Step();
  EXPECT_EQ(shown(), 40);
  answer = absl::UnavailableError("no broker");
  backlog.Step();
  EXPECT_EQ(shown(), 40);
  answer = 0;
  backlog.Step();
  EXPECT_EQ(shown(), 0);
}

}  // namespace
}  // namespace paperwire::serve
