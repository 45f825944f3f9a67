// Clients in four languages watch through kills of serve, Redis and Kafka while papers flow, are
// revised and removed. Each must be told of every card once, in its order; where the window's epoch
// is lost it must be told so.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "tests/e2e/watch_fixture.h"
#include "tests/support/paper_flow.h"
#include "tests/support/paths.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::Stopwatch;
using support::WaitUntil;

struct Size {
  int papers;
  int serve_kills;
  int redis_kills;
  int kafka_kills;
};
constexpr Size kWhole{.papers = 5000, .serve_kills = 20, .redis_kills = 5, .kafka_kills = 5};
constexpr Size kShort{.papers = 1000, .serve_kills = 4, .redis_kills = 2, .kafka_kills = 1};

enum class Fault { kServe, kRedis, kRedisLoss, kKafka };

class WatchStormTest : public WatchTest {
 protected:
  void Publish(int papers) {
    for (auto& message : flow_.Next(papers)) Publish(std::move(message));
  }

  void Publish(bus::Message message) {
    stack().publisher().Publish(message, [this, message](const absl::Status& status) {
      if (status.ok()) return;
      const std::lock_guard lock(mutex_);
      undelivered_.push_back(message);
    });
  }

  // Until Kafka has all of it: what was too long on its way, because Kafka was away, goes again.
  bool DeliverAll() {
    return WaitUntil(seconds(300), [&] {
      std::vector<bus::Message> again;
      const bool flushed = stack().publisher().Flush(seconds(60)).ok();
      {
        const std::lock_guard lock(mutex_);
        again.swap(undelivered_);
      }
      for (auto& message : again) Publish(std::move(message));
      return flushed && again.empty();
    });
  }

  // Lets papers flow, and waits until some of them have come out, so that what is done next is done
  // in the middle.
  void PublishAndAwaitSome(int papers) {
    const int64_t before = stack().ChangeCount();
    Publish(papers);
    const auto some = static_cast<int64_t>(random_() % static_cast<uint32_t>(papers));
    WaitUntil(
        seconds(3), [&] { return stack().ChangeCount() > before + some; }, milliseconds(5));
    if (stack().ChangeCount() < before + papers) ++in_flow_;
  }

  void Strike(Fault fault) {
    hard_ = !hard_;
    switch (fault) {
      case Fault::kServe:
        return KillServe();
      case Fault::kRedis:
        stack().KillRedis();
        return ResumeRedis();
      case Fault::kRedisLoss:
        return LoseRedis();
      case Fault::kKafka:
        if (hard_) {
          stack().kafka().KillNow();
        } else {
          ASSERT_TRUE(stack().kafka().Stop().ok());
        }
        ASSERT_TRUE(stack().kafka().Resume().ok());
        ASSERT_TRUE(stack().kafka().WaitUntilReady(seconds(90)).ok());
    }
  }

  void KillServe() {
    // In turn, so that every client is cut off, whichever one it reads.
    const char* victim = ++serve_kills_ % 2 == 0 ? "serve" : "serve-2";
    if (hard_) {
      stack().service(victim).KillNow();
    } else {
      ++drained_;
      // Its grace is 30 seconds, and with Kafka away on a busy machine it may take them.
      EXPECT_TRUE(stack().service(victim).Terminate(seconds(60)).has_value()) << victim;
    }
    ASSERT_TRUE(stack().StartService(victim).ok());
    ASSERT_TRUE(stack().WaitUntilReady(victim, seconds(60)).ok());
  }

  void ResumeRedis() {
    ASSERT_TRUE(stack().ResumeRedis().ok());
    ASSERT_TRUE(WaitUntil(seconds(20), [&] { return stack().redis_client().Call({"PING"}).ok(); }));
  }

  // All that was told until here is judged against the window that goes.
  void LoseRedis() {
    ASSERT_NO_FATAL_FAILURE(JudgeAll("before the loss"));
    stack().KillRedis();
    std::filesystem::remove_all(stack().redis_folder());
    ResumeRedis();
  }

  // Waits until the window is what it should be, and every client holds it; then holds each log
  // against it.
  void JudgeAll(const char* when) {
    ASSERT_TRUE(DeliverAll());
    support::Cards window;
    for (const int replica : {0, 1}) {
      EXPECT_TRUE(WaitUntil(
          seconds(120), [&] { return (window = Window(replica)) == flow_.expected(); },
          milliseconds(250)))
          << "replica " << replica << " " << when << ": " << window.size() << " of "
          << flow_.expected().size() << " cards, or in other revisions";
    }
    for (auto& client : clients_) {
      const bool careless = client->name().starts_with("careless");
      if (!careless) {
        WaitUntil(
            seconds(60),
            [&] { return !client->running() || support::CardsHeld(client->Log()) == window; },
            milliseconds(500));
      }
      const auto verdict = support::JudgeWatch(client->Log(), window);
      if (careless) {
        control_[client->name()] = verdict;
        continue;
      }
      EXPECT_TRUE(verdict.clean()) << client->name() << " " << when;
      std::printf("  %s %s: %s\n", when, client->name().c_str(), verdict.ToString().c_str());
      verdicts_[client->name()] = verdict;
    }
  }

  const int seed_ = support::EnvironmentNumber("PAPERWIRE_E2E_SEED", 20260624);
  const clock::SystemClock clock_;
  std::mt19937 random_{static_cast<uint32_t>(seed_)};
  support::PaperFlow flow_{static_cast<uint32_t>(seed_), clock_};
  std::mutex mutex_;
  std::vector<bus::Message> undelivered_ ABSL_GUARDED_BY(mutex_);
  // Every other strike is SIGKILL, and not SIGTERM.
  bool hard_ = false;
  int serve_kills_ = 0;
  int drained_ = 0;
  // Strikes that came while papers were on their way.
  int in_flow_ = 0;
  std::map<std::string, support::WatchVerdict> verdicts_;
  std::map<std::string, support::WatchVerdict> control_;
};

TEST_F(WatchStormTest, EveryClientIsToldOfEveryCardOnce) {
  const Size size = support::EnvironmentNumber("PAPERWIRE_E2E_STORM", 0) != 0 ? kWhole : kShort;
  const auto languages = support::WatchClient::Languages();
  const bool python = std::ranges::find(languages, "python") != languages.end();
  for (const char* mistake : {"token", "drop"}) {
    if (!python) break;
    AddClient("python", std::string("careless-") + mistake,
              {support::SourceDir() + "/tests/e2e/careless_watch.py", mistake});
  }
  std::vector<Fault> faults(static_cast<size_t>(size.serve_kills), Fault::kServe);
  faults.insert(faults.end(), static_cast<size_t>(size.redis_kills - 1), Fault::kRedis);
  faults.insert(faults.end(), static_cast<size_t>(size.kafka_kills), Fault::kKafka);
  std::shuffle(faults.begin(), faults.end(), random_);
  faults.insert(faults.begin() + static_cast<int64_t>(faults.size() / 2), Fault::kRedisLoss);

  Stopwatch whole;
  ASSERT_TRUE(stack().StartServices().ok());
  for (auto& client : clients_) ASSERT_TRUE(client->Start().ok()) << client->name();
  const int strikes = static_cast<int>(faults.size());
  for (int strike = 0; strike < strikes; ++strike) {
    PublishAndAwaitSome(size.papers * (strike + 1) / strikes - size.papers * strike / strikes);
    ASSERT_NO_FATAL_FAILURE(Strike(faults[static_cast<size_t>(strike)])) << "strike " << strike;
  }
  ASSERT_NO_FATAL_FAILURE(JudgeAll("at the end"));
  for (auto& client : clients_) {
    EXPECT_TRUE(client->running()) << client->name() << " has ended: " << client->log_path();
    client->KillNow();
    const auto stored = client->Stored();
    ASSERT_TRUE(stored.ok()) << client->name() << ": " << stored.status();
    if (!client->name().starts_with("careless")) {
      EXPECT_EQ(*stored, flow_.expected()) << client->name();
    }
  }

  support::WatchVerdict sum;
  for (const auto& [name, verdict] : verdicts_) {
    EXPECT_GE(verdict.restarts, 1) << name << " was not told that the epoch was lost";
    sum.cards += verdict.cards;
    sum.restarts += verdict.restarts;
    sum.missing += verdict.missing;
    sum.left_over += verdict.left_over;
    sum.repeated += verdict.repeated;
    sum.backwards += verdict.backwards;
  }
  std::printf(
      "FAULT=watch-storm seed=%d: %d papers, %d changes; serve killed %d times (%d by SIGTERM), "
      "Redis %d (one total loss), Kafka %d; %d of %d in mid-flow; %d clients: %s; %.0f s\n",
      seed_, flow_.papers(), flow_.changes(), size.serve_kills, drained_, size.redis_kills,
      size.kafka_kills, in_flow_, strikes, static_cast<int>(verdicts_.size()),
      sum.ToString().c_str(), whole.seconds());
  for (const auto& [name, verdict] : control_) {
    std::printf("CONTROL=%s: %s\n", name.c_str(), verdict.ToString().c_str());
  }
  EXPECT_GE(in_flow_, strikes / 2) << "the strikes came too late to prove anything";
  EXPECT_EQ(sum.missing + sum.left_over + sum.repeated + sum.backwards, 0);
  if (python) {
    EXPECT_GT(control_["careless-token"].repeated, 0) << "the judge cannot see a card told twice";
    EXPECT_GT(control_["careless-drop"].missing, 0) << "the judge cannot see a lost card";
  }
}

}  // namespace
}  // namespace paperwire
