// A service that is asked to stop finishes what it has begun and exits 0; one whose broker or Redis
// is away at its start waits, says so, and recovers; one that is set up wrongly says what is wrong.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "tests/support/hostile_peer.h"
#include "tests/support/listener.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitUntil;

constexpr int kLoad = 1500;
// What the lanes of a stage can have in hand. What is on its way to the broker is waited for.
constexpr int kInFlight = 768;
constexpr seconds kGrace{30};

class SigtermTest : public support::StackTest {
 protected:
  void PublishLoad(int first) {
    const clock::SystemClock clock;
    std::vector<bus::Message> messages;
    for (int number = first; number < first + kLoad; ++number) {
      messages.push_back(events::Encode(events::kNewPaper, source_.MakeNew(number),
                                        {.service = "ingest", .configuration = "test"}, clock));
    }
    const auto status = stack().Publish(std::move(messages));
    ASSERT_TRUE(status.ok()) << status;
  }

  // serve with other settings than the stack's, ready.
  std::unique_ptr<support::Process> StartServe(const std::vector<std::string>& more,
                                               const std::string& session) {
    auto command = stack().CommandOf("serve");
    *(std::find(command.begin(), command.end(), "--kafka-session-timeout") + 1) = session;
    command.insert(command.end(), more.begin(), more.end());
    auto serve = support::Process::Start({.command = std::move(command),
                                          .environment = {},
                                          .log = stack().log_folder() + "/serve.log"});
    EXPECT_TRUE(serve.ok()) << serve.status();
    EXPECT_TRUE(stack().WaitUntilReady("serve", seconds(60)).ok());
    return *std::move(serve);
  }

  uint16_t GrpcPort() {
    const std::string address = stack().grpc_address();
    return static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  // Records of a topic beyond one for each paper.
  int WrittenAgain(const std::string& topic) {
    const auto records = stack().Records(topic);
    if (!records.ok()) return -1;
    std::set<std::string> keys;
    for (const auto& record : *records) keys.insert(record.key);
    return static_cast<int>(records->size() - keys.size());
  }

  support::PaperSource source_{"2026-06-24"};
};

TEST_F(SigtermTest, DrainsUnderLoadAndWaitsForWhatIsAway) {
  ASSERT_TRUE(stack().StartServices().ok());
  const std::vector<std::pair<std::string, std::string>> stages = {
      {"summarize", "summarized"}, {"classify", "tagged"}, {"serve", ""}};
  int papers = 0;
  for (const auto& [name, output] : stages) {
    const auto passed = [&, &topic = output] {
      return topic.empty() ? stack().ChangeCount() : stack().RecordCount(topic);
    };
    const int64_t before = passed();
    ASSERT_NO_FATAL_FAILURE(PublishLoad(papers + 1));
    papers += kLoad;
    ASSERT_TRUE(WaitUntil(
        seconds(30), [&] { return passed() > before; }, milliseconds(0)));
    support::Stopwatch drain;
    const auto code = stack().service(name).Terminate(kGrace);
    const double seconds_to_stop = drain.seconds();
    const int64_t done = passed() - before;
    EXPECT_EQ(code, 0) << name << ": " << stack().service(name).Output();
    ASSERT_TRUE(stack().StartService(name).ok());
    EXPECT_TRUE(stack().WaitForCount(papers, seconds(60))) << name;
    const int again = output.empty() ? 0 : WrittenAgain(output);
    EXPECT_LE(again, kInFlight) << name;
    std::printf("SIGTERM %s: exit %d after %.1f s, %ld of %d done by then, %d written again\n",
                name.c_str(), code.value_or(-1), seconds_to_stop, static_cast<long>(done), kLoad,
                again);
  }
  const auto evidence = stack().Collect(source_.Ids(1, papers));
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  EXPECT_TRUE(support::Judge(*evidence).clean()) << support::Judge(*evidence).ToString();

  // ingest in the middle of a request that is not answered.
  const support::Listener silent;
  auto command = stack().CommandOf("ingest");
  command.insert(command.end(),
                 {"--feed-clock", "real", "--rss-url", "http://" + silent.address()});
  auto ingest = support::Process::Start(
      {.command = command, .environment = {}, .log = stack().log_folder() + "/ingest.log"});
  ASSERT_TRUE(ingest.ok()) << ingest.status();
  EXPECT_TRUE(WaitUntil(seconds(20), [&] {
    return support::HttpGet(stack().ingest_metrics_port(), "/livez").status == 200;
  })) << (*ingest)->Output();
  std::this_thread::sleep_for(seconds(1));
  support::Stopwatch drain;
  const auto ingest_code = (*ingest)->Terminate(kGrace);
  EXPECT_EQ(ingest_code, 0) << (*ingest)->Output();
  std::printf("SIGTERM ingest: exit %d after %.1f s\n", ingest_code.value_or(-1), drain.seconds());

  // Everything away at the start.
  for (const auto& name : stack().service_names()) {
    EXPECT_EQ(stack().service(name).Terminate(kGrace), 0) << name;
  }
  ASSERT_TRUE(stack().kafka().Stop().ok());
  ASSERT_TRUE(stack().StopRedis().ok());
  for (const auto& name : stack().service_names()) {
    ASSERT_TRUE(stack().StartService(name).ok());
  }
  for (const auto& name : stack().service_names()) {
    EXPECT_TRUE(WaitUntil(seconds(20), [&, &service = name] {
      return stack().Readiness(service).status == 503;
    })) << name;
    const auto answer = stack().Readiness(name);
    EXPECT_NE(answer.body.find("not ready"), std::string::npos) << name << ": " << answer.body;
    std::printf("AWAY %s: %d %s", name.c_str(), answer.status, answer.body.c_str());
  }
  std::this_thread::sleep_for(seconds(5));
  for (const auto& name : stack().service_names()) {
    EXPECT_TRUE(stack().service(name).running()) << stack().service(name).Output();
  }
  ASSERT_TRUE(stack().ResumeRedis().ok());
  ASSERT_TRUE(stack().kafka().Resume().ok());
  ASSERT_TRUE(stack().kafka().WaitUntilReady(seconds(90)).ok());
  support::Stopwatch recovery;
  for (const auto& name : stack().service_names()) {
    EXPECT_TRUE(stack().WaitUntilReady(name, seconds(60)).ok()) << stack().Readiness(name).body;
  }
  EXPECT_TRUE(stack().WaitForCount(papers, seconds(60)));
  std::printf("BACK: all ready after %.1f s\n", recovery.seconds());
  const std::string more = stack().MakeFolder("more");
  support::WriteFile(more + "/rss.xml", source_.Rss(papers + 1, 10));
  const auto fed = stack().Ingest(more);
  ASSERT_TRUE(fed.ok()) << fed.status();
  EXPECT_EQ(fed->exit_code, 0) << fed->output;
  EXPECT_TRUE(stack().WaitForCount(papers + 10, seconds(60)));
}

// What it asks of Kafka and Redis as it ends has no answer. A commit that was on its way as the
// broker died keeps the client for a session.
TEST_F(SigtermTest, ServeEndsInOrderWhileKafkaOrRedisIsAway) {
  struct Away {
    const char* what;
    bool kafka;
    bool redis;
    seconds before;
  };
  const Away cases[] = {{"Kafka", true, false, seconds(0)},
                        {"Kafka", true, false, seconds(12)},
                        {"Redis", false, true, seconds(3)},
                        {"Kafka and Redis", true, true, seconds(12)}};
  int papers = 0;
  for (const Away& away : cases) {
    const auto serve = StartServe({"--grace", "22s"}, /*session=*/"15s");
    ASSERT_NO_FATAL_FAILURE(PublishLoad(papers + 1));
    papers += kLoad;
    if (away.kafka) stack().kafka().KillNow();
    if (away.redis) stack().KillRedis();
    std::this_thread::sleep_for(away.before);
    support::Stopwatch drain;
    const auto code = serve->Terminate(kGrace);
    std::printf("SIGTERM serve while %s is away (%ld s): exit %d after %.1f s\n", away.what,
                static_cast<long>(away.before.count()), code.value_or(-1), drain.seconds());
    EXPECT_EQ(code, 0) << serve->Output();
    if (away.redis) {
      ASSERT_TRUE(stack().ResumeRedis().ok());
    }
    if (away.kafka) {
      ASSERT_TRUE(stack().kafka().Resume().ok());
      ASSERT_TRUE(stack().kafka().WaitUntilReady(seconds(90)).ok());
    }
  }
}

// One request over each face that never ends: the stop waits for all of them at once.
TEST_F(SigtermTest, ServeWaitsForEveryFaceAtOnce) {
  const auto serve = StartServe({"--grace", "7s", "--drain-timeout", "4s"}, "6s");
  support::HostilePeer reader(GrpcPort());
  ASSERT_TRUE(reader.Send(support::Http2Preface(/*window=*/0) +
                          support::Http2Call(1, "/paperwire.v1.FeedService/WatchPapers", "")));
  support::HostilePeer page(stack().http_port());
  ASSERT_TRUE(page.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"));
  // Both are in hand.
  ASSERT_TRUE(WaitUntil(seconds(20), [&] {
    return stack().Metrics("serve").find("paperwire_serve_watch_streams{method=\"papers\"} 1") !=
           std::string::npos;
  })) << stack().Metrics("serve");
  support::Stopwatch drain;
  EXPECT_EQ(serve->Terminate(kGrace), 0) << serve->Output();
  std::printf("SIGTERM serve with requests that do not end: %.1f s\n", drain.seconds());
}

const std::vector<std::string> kPrograms = {"ingest", "summarize", "classify", "serve"};

TEST(Startup, AWrongSettingIsNamedAndExitsWith78) {
  for (const auto& program : kPrograms) {
    const auto finished = support::RunProgram(
        {.command = {support::ProgramPath(program), "--log-level", "loud"}}, seconds(10));
    ASSERT_TRUE(finished.ok()) << finished.status();
    EXPECT_EQ(finished->exit_code, 78) << program;
    EXPECT_NE(finished->output.find("log-level"), std::string::npos) << finished->output;
    EXPECT_NE(finished->output.find("loud"), std::string::npos) << finished->output;
  }
}

TEST(Startup, ADrainThatMayTakeAsLongAsTheGraceIsRefused) {
  const auto finished =
      support::RunProgram({.command = {support::ProgramPath("serve"), "--metrics-listen", "off",
                                       "--drain-timeout", "10s", "--grace", "10s"}},
                          seconds(10));
  ASSERT_TRUE(finished.ok()) << finished.status();
  EXPECT_EQ(finished->exit_code, 78) << finished->output;
  EXPECT_NE(finished->output.find("--drain-timeout"), std::string::npos) << finished->output;
}

TEST(Startup, APortInUseIsNamedAndExitsWith1) {
  const support::Listener taken;
  for (const auto& program : kPrograms) {
    auto command = std::vector<std::string>{support::ProgramPath(program), "--metrics-listen",
                                            taken.address(), "--kafka-brokers", "127.0.0.1:1"};
    const auto finished = support::RunProgram({.command = command}, seconds(15));
    ASSERT_TRUE(finished.ok()) << finished.status();
    EXPECT_EQ(finished->exit_code, 1) << program << ": " << finished->output;
    EXPECT_NE(finished->output.find(taken.address()), std::string::npos) << finished->output;
  }
  for (const char* flag : {"--grpc-listen", "--http-listen"}) {
    auto command = std::vector<std::string>{support::ProgramPath("serve"),
                                            "--metrics-listen",
                                            "127.0.0.1:0",
                                            "--grpc-listen",
                                            "127.0.0.1:0",
                                            "--http-listen",
                                            "127.0.0.1:0"};
    *(std::find(command.begin(), command.end(), flag) + 1) = taken.address();
    const auto finished = support::RunProgram({.command = command}, seconds(15));
    ASSERT_TRUE(finished.ok()) << finished.status();
    EXPECT_EQ(finished->exit_code, 1) << flag << ": " << finished->output;
    EXPECT_NE(finished->output.find(taken.address()), std::string::npos) << finished->output;
  }
}

}  // namespace
}  // namespace paperwire
