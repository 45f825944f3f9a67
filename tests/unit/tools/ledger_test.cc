#include "tools/paperwire/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;

v1::LedgerDay* AddDay(v1::GetStatusResponse& status, const std::string& announced,
                      uint32_t papers) {
  v1::LedgerDay* day = status.add_days();
  day->set_announced(announced);
  day->set_declared(papers);
  day->set_ingested(papers);
  day->set_summarized(papers);
  day->set_tagged(papers);
  day->set_served(papers);
  day->set_balanced(true);
  return day;
}

v1::GetStatusResponse SettledStatus() {
  v1::GetStatusResponse status;
  AddDay(status, "2026-06-09", 5);
  AddDay(status, "2026-06-08", 3);
  status.mutable_last_cycle()->set_cycle_id("c-1");
  status.mutable_last_cycle()->add_announced("2026-06-09");
  return status;
}

TEST(LedgerLine, AddsTheDaysUpInItsSettledWords) {
  v1::GetStatusResponse status = SettledStatus();
  status.mutable_days(0)->set_served(3);
  status.mutable_days(0)->set_pending(1);
  status.mutable_days(0)->set_dead_lettered(1);
  EXPECT_EQ(LedgerLine(AddUp(status)),
            "declared 8 ingested 8 summarized 8 tagged 8 served 6 pending 1 dead-lettered 1 "
            "missing 0");
}

TEST(AddUp, BalancesOnlyIfEveryDayDoes) {
  v1::GetStatusResponse status = SettledStatus();
  EXPECT_TRUE(AddUp(status).balanced);
  status.mutable_days(1)->set_balanced(false);
  EXPECT_FALSE(AddUp(status).balanced);
}

TEST(IsSettled, AcceptsAnEmptyLedgerOnlyOfACycleThatFoundNothing) {
  v1::GetStatusResponse status;
  status.mutable_last_cycle()->set_cycle_id("c-1");
  EXPECT_FALSE(IsSettled(status, "c-1"));

  status.mutable_last_cycle()->set_outcome(v1::CYCLE_OUTCOME_NOTHING_NEW);

  EXPECT_TRUE(IsSettled(status, "c-1"));
  EXPECT_FALSE(IsSettled(status, ""));
  EXPECT_TRUE(AddUp(status).balanced);
}

TEST(IsSettled, WaitsForTheCycleAskedFor) {
  const v1::GetStatusResponse status = SettledStatus();
  EXPECT_TRUE(IsSettled(status, ""));
  EXPECT_TRUE(IsSettled(status, "c-1"));
  EXPECT_FALSE(IsSettled(status, "c-2"));
}

TEST(IsSettled, WaitsWhileAnythingIsPending) {
  v1::GetStatusResponse status = SettledStatus();
  status.mutable_days(1)->set_pending(1);
  EXPECT_FALSE(IsSettled(status, "c-1"));
}

TEST(IsSettled, WaitsForTheNewestDayThatTheCycleSpeaksOf) {
  v1::GetStatusResponse status = SettledStatus();
  status.mutable_last_cycle()->add_announced("2026-06-10");
  EXPECT_FALSE(IsSettled(status, "c-1"));
  AddDay(status, "2026-06-10", 1);
  EXPECT_TRUE(IsSettled(status, "c-1"));
}

TEST(IsSettled, IsFalseForAnEmptyLedger) { EXPECT_FALSE(IsSettled(v1::GetStatusResponse(), "")); }

TEST(StatusText, NamesTheStateTheDaysAndWhatIsNotServed) {
  v1::GetStatusResponse status = SettledStatus();
  status.set_state(v1::FEED_STATE_WAITING);
  status.set_sentence("The next batch is due.");
  status.set_sample(true);
  v1::UnservedPaper* unserved = status.mutable_days(0)->add_unserved();
  unserved->set_arxiv_id("2606.01234");
  unserved->set_kind(v1::UNSERVED_KIND_DEAD_LETTERED);
  unserved->set_stage(v1::STAGE_INGESTED);
  unserved->set_reason("too large");
  std::ostringstream out;
  std::istringstream in;
  const clock::FakeClock clock{clock::WallTime{}};
  const Console console{.in = in, .out = out, .err = out, .clock = clock, .columns = 100};
  const std::string text = StatusText(status, console);
  for (const char* part :
       {"WAITING: The next batch is due.", "sample day", "2026-06-08",
        "2606.01234 dead-lettered after ingested: too large", "last cycle c-1"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(LedgerText, IsATableWithEveryUnservedPaperForPeopleAndLinesForPrograms) {
  v1::GetStatusResponse status = SettledStatus();
  v1::LedgerDay& day = *status.mutable_days(0);
  day.set_served(3);
  day.set_missing(2);
  day.set_balanced(false);
  for (const char* id : {"2606.00001", "2606.00002"}) {
    v1::UnservedPaper* unserved = day.add_unserved();
    unserved->set_arxiv_id(id);
    unserved->set_kind(v1::UNSERVED_KIND_MISSING);
    unserved->set_stage(v1::STAGE_TAGGED);
  }
  std::ostringstream out;
  std::istringstream in;
  const clock::FakeClock clock{clock::WallTime{}};
  Console console{
      .in = in, .out = out, .err = out, .clock = clock, .terminal = true, .columns = 70};
  const std::vector<v1::LedgerDay> days(status.days().begin(), status.days().end());
  EXPECT_EQ(LedgerText(days, console),
            "announced   declared  served  pending  dead  missing  balance\n"
            "2026-06-09         5       3        0     0        2  does not balance\n"
            "    2606.00001 missing after tagged: no reason is known\n"
            "    2606.00002 missing after tagged: no reason is known\n"
            "2026-06-08         3       3        0     0        0  balances\n");
  console.terminal = false;
  EXPECT_EQ(LedgerText(days, console),
            "2026-06-09\t5\t5\t5\t5\t3\t0\t0\t2\t0\tdoes not balance\n"
            "2026-06-08\t3\t3\t3\t3\t3\t0\t0\t0\t0\tbalances\n");
}

}  // namespace
}  // namespace paperwire::cli
