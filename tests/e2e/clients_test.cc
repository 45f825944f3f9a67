// The examples of docs/clients.md on the real service: each is cut off by kills of serve, and
// killed itself, and ends with the window; and what a shell can ask.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/watch_fixture.h"
#include "tests/support/paper_source.h"
#include "tests/support/paths.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitUntil;
using ::testing::HasSubstr;

constexpr int kPapers = 600;
constexpr int kCuts = 3;

class ClientsTest : public WatchTest {
 protected:
  // A cycle of ingest over a day's papers.
  std::unique_ptr<support::Process> Feed(const char* announced, int first, int count) {
    const std::string folder = stack().MakeFolder("feed-" + std::to_string(first));
    support::WriteFile(folder + "/rss.xml", support::PaperSource(announced).Rss(first, count));
    auto ingest = stack().StartIngest(folder);
    EXPECT_TRUE(ingest.ok()) << ingest.status();
    return ingest.ok() ? *std::move(ingest) : nullptr;
  }

  // Waits until each client was told of so many cards in all.
  void AwaitCards(size_t count) {
    for (auto& client : clients_) {
      EXPECT_TRUE(WaitUntil(
          seconds(60),
          [&] { return !client->running() || support::CardsHeld(client->Log()).size() >= count; }))
          << client->name() << " has " << support::CardsHeld(client->Log()).size() << " cards";
      EXPECT_TRUE(client->running()) << client->name() << "\n"
                                     << support::ReadFile(client->log_path());
    }
  }

  support::Finished Grpcurl(std::vector<std::string> words) {
    words.insert(words.begin(), {kGrpcurl, "-plaintext"});
    auto finished = support::RunProgram({.command = std::move(words)}, seconds(20));
    EXPECT_TRUE(finished.ok()) << finished.status();
    return finished.value_or(support::Finished{.exit_code = -1, .output = ""});
  }

  // Kills it, and waits until it has all there is again, which a heartbeat with the window's first
  // day says.
  void Restart(support::WatchClient& client) {
    const auto lives = [&] {
      const auto log = client.Log();
      return std::ranges::count(log, support::Told::Kind::kLive, &support::Told::kind);
    };
    client.KillNow();
    const auto before = lives();
    ASSERT_TRUE(client.Start().ok());
    EXPECT_TRUE(WaitUntil(seconds(30), [&] { return lives() > before; })) << client.name();
  }

  // How many of the window's cards are not held.
  static int Differences(const support::Cards& held, const support::Cards& window) {
    return static_cast<int>(std::ranges::count_if(window, [&](const auto& card) {
      const auto found = held.find(card.first);
      return found == held.end() || found->second != card.second;
    }));
  }

  // grpcurl on grpc.health.v1.Health/Watch.
  std::unique_ptr<support::Process> StartHealthWatch(const std::string& address,
                                                     const std::string& log) {
    std::filesystem::remove(log);
    auto process = support::Process::Start(
        {.command = {kGrpcurl, "-plaintext", "-d", R"({"service": "paperwire.v1.FeedService"})",
                     address, "grpc.health.v1.Health/Watch"},
         .environment = {},
         .log = log});
    EXPECT_TRUE(process.ok()) << process.status();
    return process.ok() ? *std::move(process) : nullptr;
  }

  static std::vector<std::string> Statuses(const std::string& log) {
    static const std::regex pattern(R"re("status": "([A-Z_]+)")re");
    const std::string text = support::ReadFile(log);
    std::vector<std::string> statuses;
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end;
         ++match) {
      // The same again is no change.
      if (statuses.empty() || statuses.back() != (*match)[1]) statuses.push_back((*match)[1]);
    }
    return statuses;
  }

  const std::string kGrpcurl = support::SourceDir() + "/build/examples/bin/grpcurl";
};

TEST_F(ClientsTest, EachResumesAfterKillsOfTheServerAndOfItselfAndEndsWithTheWindow) {
  ASSERT_TRUE(stack().StartServices().ok());
  ASSERT_EQ(Feed("2026-06-17", 1, 50)->Wait(seconds(60)), 0);
  for (auto& client : clients_) ASSERT_TRUE(client->Start().ok()) << client->name();
  ASSERT_NO_FATAL_FAILURE(AwaitCards(50));

  const char* replicas[] = {"serve", "serve-2"};
  for (int cut = 0; cut < kCuts; ++cut) {
    auto ingest = Feed("2026-06-24", 51 + kPapers * cut / kCuts, kPapers / kCuts);
    ASSERT_NO_FATAL_FAILURE(AwaitCards(static_cast<size_t>(60 + kPapers * cut / kCuts)));
    const char* victim = replicas[cut % 2];
    stack().service(victim).KillNow();
    ASSERT_TRUE(stack().StartService(victim).ok());
    for (auto& client : clients_) {
      client->KillNow();
      ASSERT_TRUE(client->Start().ok());
    }
    ASSERT_TRUE(stack().WaitUntilReady(victim, seconds(60)).ok());
    ASSERT_EQ(ingest->Wait(seconds(60)), 0);
  }
  // The newest day has moved on by a week: the first one's cards leave by age.
  ASSERT_TRUE(stack().WaitForCount(kPapers, seconds(60)));
  const auto window = Window();
  ASSERT_EQ(static_cast<int>(window.size()), kPapers);
  for (auto& client : clients_) {
    // What it was killed over may be stored and not said.
    WaitUntil(
        seconds(60), [&] { return support::JudgeWatch(client->Log(), window).missing <= kCuts; },
        milliseconds(250));
    Restart(*client);
    client->KillNow();
    const auto log = support::JudgeWatch(client->Log(), window);
    const auto stored = client->Stored();
    ASSERT_TRUE(stored.ok()) << stored.status();
    std::printf(
        "CLIENT=%s: serve killed %d times, the client %d times; told of %d cards, %d repeated, %d "
        "backwards; %s %d of %d\n",
        client->name().c_str(), kCuts, kCuts + 1, log.cards, log.repeated, log.backwards,
        client->name() == "c++" ? "printed" : "stored", kPapers - Differences(*stored, window),
        kPapers);
    EXPECT_EQ(log.backwards, 0);
    EXPECT_EQ(log.restarts, 0);
    if (client->name() == "c++") {
      // It prints before it keeps its place, and stores no cards.
      EXPECT_EQ(log.missing, 0);
      EXPECT_LE(log.repeated, kCuts + 1);
    } else {
      EXPECT_EQ(log.repeated, 0) << client->name();
      EXPECT_EQ(*stored, window) << client->name();
    }
  }
}

TEST_F(ClientsTest, AShellListsAndDescribesTheServiceAndSeesItsHealth) {
  if (!std::filesystem::exists(kGrpcurl)) GTEST_SKIP() << "examples/build has made no grpcurl";
  const std::string address = stack().grpc_address();
  ASSERT_TRUE(stack().StopRedis().ok());
  ASSERT_TRUE(stack().StartService("serve").ok());
  const std::string log = folder_ + "/health.log";
  std::unique_ptr<support::Process> health;
  ASSERT_TRUE(WaitUntil(seconds(30), [&] {
    health = StartHealthWatch(address, log);
    return WaitUntil(seconds(3), [&] { return Statuses(log).size() == 1; });
  }));
  EXPECT_THAT(Grpcurl({address, "list"}).output,
              AllOf(HasSubstr("paperwire.v1.FeedService"), HasSubstr("grpc.health.v1.Health"),
                    HasSubstr("grpc.reflection.")));
  const std::string described = Grpcurl({address, "describe", "paperwire.v1.FeedService"}).output;
  for (const char* method :
       {"ListPapers", "GetPaper", "BatchGetPapers", "SearchPapers", "RelatedPapers", "ListTags",
        "GetStatus", "WatchPapers", "WatchStatus"}) {
    EXPECT_THAT(described, HasSubstr(std::string("rpc ") + method));
  }
  EXPECT_THAT(Grpcurl({address, "paperwire.v1.FeedService/ListPapers"}).output,
              HasSubstr("Code: Unavailable"));

  ASSERT_TRUE(stack().ResumeRedis().ok());
  ASSERT_TRUE(WaitUntil(seconds(60), [&] { return Statuses(log).size() == 2; }));
  ASSERT_TRUE(stack().StartService("classify").ok());
  ASSERT_TRUE(stack().StartService("summarize").ok());
  ASSERT_EQ(Feed("2026-06-24", 1, 3)->Wait(seconds(60)), 0);
  ASSERT_TRUE(WaitUntil(seconds(60), [&] { return stack().feed().Count().value_or(0) == 3; }));
  EXPECT_THAT(
      Grpcurl({"-d", R"({"page_size": 1})", address, "paperwire.v1.FeedService/ListPapers"}).output,
      AllOf(HasSubstr("2606.0000"), HasSubstr("next_page_token")));
  const auto posted = support::RunProgram(
      {.command = {"curl", "-s", "-H", "Content-Type: application/json", "-d", R"({"pageSize": 1})",
                   "http://127.0.0.1:" + std::to_string(stack().http_port()) +
                       "/paperwire.v1.FeedService/ListPapers"}},
      seconds(20));
  ASSERT_TRUE(posted.ok()) << posted.status();
  EXPECT_THAT(posted->output, AllOf(HasSubstr("2606.0000"), HasSubstr("nextPageToken")));

  stack().service("serve").Signal(SIGTERM);
  ASSERT_TRUE(WaitUntil(seconds(30), [&] { return Statuses(log).size() == 3; }))
      << support::ReadFile(log);
  EXPECT_EQ(stack().service("serve").Wait(seconds(30)), 0);
  EXPECT_THAT(Statuses(log), ::testing::ElementsAre("NOT_SERVING", "SERVING", "NOT_SERVING"));
}

}  // namespace
}  // namespace paperwire
