#include "libs/calendar/volume.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "tests/unit/calendar/instants.h"

namespace paperwire::calendar {
namespace {

using testing::HasSubstr;
using Categories = std::vector<std::string>;

const Categories kDefault = {"cs.LG", "stat.ML"};

void Declare(v1::Batch& batch, const char* category, uint32_t count,
             v1::AnnounceType section = v1::ANNOUNCE_TYPE_NEW) {
  v1::DeclaredCount& declared = *batch.add_declared();
  declared.set_category(category);
  declared.set_section(section);
  declared.set_count(count);
}

TEST(Volume, HoldsTheMedianOfEveryCategoryAndWeekday) {
  EXPECT_EQ(UsualVolumes().size(), 7u);
  for (const auto& [category, medians] : UsualVolumes()) {
    for (int i = 0; i < 5; ++i) {
      const Day date = Day(2026, 8, 10) + i;
      const auto band = ExpectedVolume(Categories{category}, date);
      ASSERT_TRUE(band) << category;
      EXPECT_LT(band->low, medians.at(static_cast<size_t>(i))) << category;
      EXPECT_GT(band->high, medians.at(static_cast<size_t>(i))) << category;
      EXPECT_GE(band->low, 0);
    }
  }
}

TEST(Volume, IsGreatestOnTuesday) {
  const auto tuesday = ExpectedVolume(kDefault, Day(2026, 8, 11));
  ASSERT_TRUE(tuesday);
  EXPECT_EQ(tuesday->low, 149);
  EXPECT_EQ(tuesday->high, 292);
  EXPECT_LT(ExpectedVolume(kDefault, Day(2026, 8, 10))->high, tuesday->low);
}

TEST(Volume, AddsWhatAHolidayHeldBack) {
  // Monday 22 June was silent: Tuesday's batch held both, 281 papers in cs.LG.
  const auto after = ExpectedVolume(Categories{"cs.LG"}, Day(2026, 6, 23));
  ASSERT_TRUE(after);
  EXPECT_GT(after->low, ExpectedVolume(Categories{"cs.LG"}, Day(2026, 6, 16))->low);
  EXPECT_LE(after->low, 281);
  EXPECT_GE(after->high, 281);
}

TEST(Volume, ExpectsNothingWhereNothingIsKnownOrDue) {
  EXPECT_FALSE(ExpectedVolume(Categories{"math.CO"}, Day(2026, 8, 11)));
  EXPECT_FALSE(ExpectedVolume(Categories{}, Day(2026, 8, 11)));
  EXPECT_FALSE(ExpectedVolume(kDefault, Day(2026, 8, 15))) << "Saturday";
  EXPECT_FALSE(ExpectedVolume(kDefault, Day(2026, 6, 22))) << "holiday";
  EXPECT_EQ(ExpectedVolume(Categories{"cs.LG", "math.CO"}, Day(2026, 8, 11))->low,
            ExpectedVolume(Categories{"cs.LG"}, Day(2026, 8, 11))->low);
}

TEST(Volume, TellsTheLineThatIsBad) {
  const struct {
    const char* table;
    const char* line;
  } cases[] = {{"cs.LG\t1\t2\t3\t4\n", "line 1: not a category"},
               {"cs.LG\t1\t2\t3\t4\t5\t6\n", "line 1: not a category"},
               {"\t1\t2\t3\t4\t5\n", "line 1: not a category"},
               {"# a\ncs.LG\t1\t2\t3\t4\tfive\n", "line 2: a median"},
               {"cs.LG\t1\t2\t3\t4\t\n", "line 1: a median"},
               {"cs.LG\t1\t2\t3\t4\t0\n", "line 1: a median"},
               {"cs.LG\t1\t2\t3\t4\t5\ncs.LG\t1\t2\t3\t4\t5\n", "line 2: category given twice"}};
  for (const auto& [table, line] : cases) {
    const auto volumes = ParseVolumes(table);
    ASSERT_FALSE(volumes.ok()) << table;
    EXPECT_THAT(std::string(volumes.status().message()), HasSubstr(line));
  }
}

TEST(Volume, FindsABatchThatIsFarTooSmall) {
  v1::Batch batch;
  batch.set_announced("2026-08-11");
  Declare(batch, "cs.LG", 10);
  Declare(batch, "cs.LG", 300, v1::ANNOUNCE_TYPE_REPLACE);
  Declare(batch, "stat.ML", 2);
  Declare(batch, "math.CO", 500);

  const auto shortfall = FindShortfall(batch, kDefault);

  ASSERT_TRUE(shortfall);
  EXPECT_EQ(shortfall->category, "");
  EXPECT_EQ(shortfall->papers, 12);
  EXPECT_EQ(shortfall->usual.low, 149);
}

TEST(Volume, FindsASingleCategoryThatIsStale) {
  v1::Batch batch;
  batch.set_announced("2026-08-11");
  Declare(batch, "cs.LG", 200);

  const auto shortfall = FindShortfall(batch, kDefault);

  ASSERT_TRUE(shortfall);
  EXPECT_EQ(shortfall->category, "stat.ML");
  EXPECT_EQ(shortfall->papers, 0);
}

TEST(Volume, FindsNothingInAnOrdinaryBatch) {
  v1::Batch batch;
  batch.set_announced("2026-08-11");
  Declare(batch, "cs.LG", 121);
  Declare(batch, "stat.ML", 9);
  EXPECT_FALSE(FindShortfall(batch, kDefault));
  EXPECT_FALSE(FindShortfall(batch, {}));
  batch.set_announced("2026-08-15");
  EXPECT_FALSE(FindShortfall(batch, kDefault));
  batch.set_announced("someday");
  EXPECT_FALSE(FindShortfall(batch, kDefault));
}

TEST(Volume, CountsWhatTwoSourcesTellOnce) {
  v1::Batch batch;
  batch.set_announced("2026-08-11");
  Declare(batch, "cs.LG", 50);
  Declare(batch, "cs.LG", 52);

  const auto shortfall = FindShortfall(batch, Categories{"cs.LG", "stat.ML"});

  ASSERT_TRUE(shortfall);
  EXPECT_EQ(shortfall->papers, 52);
}

TEST(Volume, IsFarBelowUnderTwoFifthsOfTheLowEnd) {
  EXPECT_FALSE(FarBelow(40, {.low = 100, .high = 200}));
  EXPECT_TRUE(FarBelow(39, {.low = 100, .high = 200}));
  EXPECT_FALSE(FarBelow(0, {.low = 0, .high = 12}));
}

}  // namespace
}  // namespace paperwire::calendar
