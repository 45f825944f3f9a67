// Two thousand papers flow while every service is killed with SIGKILL three times, each time when
// the papers of a cycle are passing it. At the end each paper is there, once.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/paper_source.h"
#include "tests/support/reader.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Stopwatch;
using support::WaitUntil;

constexpr int kPapers = 2000;
constexpr int kKillsEach = 3;
const char* const kAnnounced = "2026-06-24";

struct Tally {
  int kills = 0;
  // With some of a cycle's papers through the killed service, and some not.
  int mid_flow = 0;
  std::vector<double> recovery;
};

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

class KillTest : public support::StackTest {
 protected:
  // How many papers the service has passed on so far.
  int64_t PassedBy(const std::string& victim) {
    if (victim == "ingest") return stack().RecordCount("new-paper");
    if (victim == "summarize") return stack().RecordCount("summarized");
    if (victim == "classify") return stack().RecordCount("tagged");
    return stack().ChangeCount();
  }

  // Runs a cycle to its end, again when it fails or is killed, as its schedule would.
  void FeedToTheEnd(const std::string& folder) {
    for (int attempt = 1; attempt <= 5; ++attempt) {
      const auto finished = stack().Ingest(folder);
      ASSERT_TRUE(finished.ok()) << finished.status();
      if (finished->exit_code == 0) return;
      std::printf("ingest ended with %d: %s\n", finished->exit_code, finished->output.c_str());
    }
    FAIL() << "ingest does not get through " << folder;
  }

  // Feeds one cycle and kills `victim` once `threshold` of its papers have passed it.
  void FeedAndKill(const std::string& folder, int papers, const std::string& victim, int threshold,
                   Tally& tally) {
    const int64_t before = PassedBy(victim);
    auto ingest = stack().StartIngest(folder);
    ASSERT_TRUE(ingest.ok()) << ingest.status();
    WaitUntil(
        seconds(8), [&] { return PassedBy(victim) >= before + threshold; }, milliseconds(0));
    ++tally.kills;
    if (victim == "ingest") {
      (*ingest)->KillNow();
    } else {
      stack().service(victim).KillNow();
    }
    const int64_t passed = PassedBy(victim) - before;
    if (passed > 0 && passed < papers) ++tally.mid_flow;
    if (victim == "ingest") {
      FeedToTheEnd(folder);
      return;
    }
    ASSERT_TRUE(stack().StartService(victim).ok());
    const auto code = (*ingest)->Wait(seconds(60));
    if (code != 0) FeedToTheEnd(folder);
  }
};

TEST_F(KillTest, EveryPaperIsThereOnceWhileServicesAreKilled) {
  const int seed = support::EnvironmentNumber("PAPERWIRE_E2E_SEED", 20260624);
  std::mt19937 random(static_cast<uint32_t>(seed));
  std::vector<std::string> victims;
  for (const char* name : {"ingest", "summarize", "classify", "serve"}) {
    victims.insert(victims.end(), kKillsEach, name);
  }
  std::shuffle(victims.begin(), victims.end(), random);
  const support::PaperSource source(kAnnounced, static_cast<uint32_t>(seed));
  const int cycles = static_cast<int>(victims.size());
  Stopwatch whole;
  ASSERT_TRUE(stack().StartServices().ok());
  support::Reader reader(stack().feed());
  Tally tally;

  for (int cycle = 0; cycle < cycles; ++cycle) {
    const int first = kPapers * cycle / cycles;
    const int count = kPapers * (cycle + 1) / cycles - first;
    const std::string folder = stack().MakeFolder("cycle-" + std::to_string(cycle));
    support::WriteFile(folder + "/a.xml", source.Rss(first + 1, count / 2));
    support::WriteFile(folder + "/b.xml", source.Rss(first + 1 + count / 2, count - count / 2));
    const int threshold = 1 + static_cast<int>(random() % static_cast<uint32_t>(count - 1));

    Stopwatch recovery;
    ASSERT_NO_FATAL_FAILURE(
        FeedAndKill(folder, count, victims[static_cast<size_t>(cycle)], threshold, tally));
    // Every other time the next kill comes before the pipeline has recovered.
    if (cycle % 2 == 0) {
      EXPECT_TRUE(stack().WaitForCount(first + count, seconds(60))) << "after cycle " << cycle;
      tally.recovery.push_back(recovery.seconds());
    }
  }
  EXPECT_TRUE(stack().WaitForCount(kPapers, seconds(90)));
  const auto ledger = stack().WaitForLedger(kPapers, seconds(60));
  const auto evidence = stack().Collect(source.Ids(1, kPapers));
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  const auto verdict = support::Judge(*evidence);
  const auto reading = reader.Stop();
  int64_t written_again = -3 * kPapers;
  for (const char* topic : {"new-paper", "summarized", "tagged"}) {
    written_again += stack().RecordCount(topic);
  }
  std::printf(
      "FAULT=kill-9 seed=%d: %d kills (%d in mid-flow), %s; %ld records written again on the "
      "topics; readers: %d reads, went back %d times, longest without an answer %.1f s; recovery "
      "p50/max %.1f/%.1f s; ledger: %s; %.0f s\n",
      seed, tally.kills, tally.mid_flow, verdict.ToString().c_str(),
      static_cast<long>(written_again), reading.reads, reading.went_back, reading.longest_gap,
      Percentile(tally.recovery, 0.5), Percentile(tally.recovery, 1), ledger.ToString().c_str(),
      whole.seconds());

  EXPECT_EQ(verdict.papers, kPapers);
  EXPECT_EQ(static_cast<int>(evidence->listed.size()), kPapers);
  EXPECT_TRUE(verdict.clean());
  EXPECT_EQ(verdict.dead_lettered, 0);
  EXPECT_EQ(reading.went_back, 0);
  EXPECT_GE(tally.kills, 4 * kKillsEach);
  EXPECT_GE(tally.mid_flow, kKillsEach) << "the kills came too late to prove anything";
  EXPECT_EQ(ledger.declared, kPapers) << ledger.ToString();
  EXPECT_EQ(ledger.served, kPapers) << ledger.ToString();
  EXPECT_TRUE(ledger.balanced && ledger.missing == 0 && ledger.pending == 0) << ledger.ToString();
}

}  // namespace
}  // namespace paperwire
