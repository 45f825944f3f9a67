// The ledger against a count of the topics that shares no code with it: papers that are served,
// given up, on their way, missing and left out, on two replicas; after a restart, after Redis was
// emptied, and after the dead letters were put back. And one trace through the logs of all four
// services.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "paperwire/v1/operator_service.grpc.pb.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;
using support::WaitUntil;

constexpr char kDay[] = "2026-06-24";
constexpr int kServed = 60;
// What becomes of the papers after those.
constexpr int kCorrupt = 61, kDeadInClassify = 62, kDeadInServe = 63;
constexpr int kWaitsForSummary = 64, kWaitsForTags = 65;
constexpr int kNeverIngested = 66, kLeftOut = 67;
constexpr int kDeclared = 67;

// One figure of the day or one paper that is not served, as a line each: what is compared.
std::string Figures(int declared, int ingested, int summarized, int tagged, int served, int pending,
                    int dead, int missing, int excluded, bool balanced) {
  return fmt::format(
      "declared {} ingested {} summarized {} tagged {} served {} pending {} dead {} missing {} "
      "excluded {} {}\n",
      declared, ingested, summarized, tagged, served, pending, dead, missing, excluded,
      balanced ? "balanced" : "not balanced");
}

// Counts by what the topics hold, and what the stages have committed.
class TopicCount {
 public:
  explicit TopicCount(support::Stack& stack) : stack_(stack) {}

  std::string Count() {
    v1::Batch batch;
    for (const auto& record : Records("batches")) {
      v1::Batch one;
      if (one.ParseFromString(record.value) && one.announced() == kDay) batch = one;
    }
    const std::vector<std::string> stages = {"new-paper", "summarized", "tagged"};
    std::map<std::string, std::vector<std::vector<bus::Message>>> of_paper;
    for (size_t stage = 0; stage < stages.size(); ++stage) {
      for (const char* suffix : {"", ".retry.30s", ".retry.5m", ".retry.1h", ".dlq"}) {
        if (stages[stage] == "tagged" && std::string(suffix).starts_with(".retry")) continue;
        for (auto& record : Records(stages[stage] + suffix)) {
          auto& records = of_paper[record.key];
          records.resize(stages.size());
          records[stage].push_back(std::move(record));
        }
      }
    }
    std::map<std::string, std::string> excluded;
    for (const auto& difference : batch.differences()) {
      if (difference.excluded()) excluded[difference.arxiv_id()] = difference.reason();
    }
    int reached[4] = {0, 0, 0, 0};
    std::map<std::string, int> kinds;
    std::set<std::string> lines;
    for (const std::string& id : batch.paper_ids()) {
      auto records = of_paper[id];
      records.resize(stages.size());
      int stage = -1;
      for (int i = 0; i < 3; ++i) {
        if (!records[static_cast<size_t>(i)].empty()) stage = i;
      }
      for (int i = 0; i <= stage; ++i) ++reached[i];
      if (IsServed(records[2])) {
        ++reached[3];
        continue;
      }
      const auto [kind, reason] =
          excluded.contains(id) ? std::pair<std::string, std::string>("excluded", excluded.at(id))
                                : KindOf(stage < 0 ? std::vector<bus::Message>()
                                                   : records[static_cast<size_t>(stage)]);
      ++kinds[kind];
      lines.insert(fmt::format("{} {} after {}: {}\n", id, kind,
                               stage < 0 ? "declared" : kStageNames[stage], reason));
    }
    const int declared = batch.paper_ids_size();
    const bool balanced =
        kinds["missing"] == 0 &&
        declared == reached[3] + kinds["pending"] + kinds["dead-lettered"] + kinds["excluded"];
    std::string text =
        Figures(declared, reached[0], reached[1], reached[2], reached[3], kinds["pending"],
                kinds["dead-lettered"], kinds["missing"], kinds["excluded"], balanced);
    for (const std::string& line : lines) text += line;
    return text;
  }

 private:
  static constexpr const char* kStageNames[] = {"ingested", "summarized", "tagged"};

  std::vector<bus::Message> Records(const std::string& topic) {
    auto records = stack_.Records(topic);
    EXPECT_TRUE(records.ok()) << records.status();
    return records.value_or(std::vector<bus::Message>());
  }

  static bool IsServed(const std::vector<bus::Message>& tagged) {
    for (const auto& record : tagged) {
      v1::TaggedPaper event;
      if (record.topic == "tagged" && event.ParseFromString(record.value) && !event.removed()) {
        return true;
      }
    }
    return false;
  }

  bool IsCommitted(const bus::Message& record) {
    const std::string stage = record.topic.substr(0, record.topic.find('.'));
    std::string group = stage == "new-paper"    ? "paperwire-summarize"
                        : stage == "summarized" ? "paperwire-classify"
                                                : "paperwire-serve";
    if (record.topic != stage) group += "-retry";
    const bus::TopicPartition partition{record.topic, record.partition};
    const auto committed = stack_.kafka().admin().Committed(group, {partition});
    EXPECT_TRUE(committed.ok()) << committed.status();
    return committed.ok() && committed->contains(partition) &&
           committed->at(partition) > record.offset;
  }

  // By the newest record of the last stage that has any.
  std::pair<std::string, std::string> KindOf(const std::vector<bus::Message>& records) {
    if (records.empty()) return {"missing", "declared, never ingested"};
    const bus::Message* newest = &records.front();
    for (const auto& record : records) {
      if (record.timestamp_ms >= newest->timestamp_ms) newest = &record;
    }
    if (newest->topic.ends_with(".dlq")) {
      return {"dead-lettered", fmt::format("{}: {}", newest->FindHeader("x-error-class"),
                                           newest->FindHeader("x-error-message"))};
    }
    if (!IsCommitted(*newest)) return {"pending", "in " + newest->topic};
    return {"pending", "between two stages"};
  }

  support::Stack& stack_;
};

// The same lines out of an answer of the feed.
std::string StatusLines(const v1::GetStatusResponse& status) {
  std::string text;
  for (const v1::LedgerDay& day : status.days()) {
    if (day.announced() != kDay) {
      text += "also of " + day.announced() + "\n";
      continue;
    }
    text += Figures(static_cast<int>(day.declared()), static_cast<int>(day.ingested()),
                    static_cast<int>(day.summarized()), static_cast<int>(day.tagged()),
                    static_cast<int>(day.served()), static_cast<int>(day.pending()),
                    static_cast<int>(day.dead_lettered()), static_cast<int>(day.missing()),
                    static_cast<int>(day.excluded()), day.balanced());
    std::set<std::string> lines;
    for (const v1::UnservedPaper& paper : day.unserved()) {
      std::string kind = v1::UnservedKind_Name(paper.kind()).substr(sizeof("UNSERVED_KIND_") - 1);
      std::string stage = v1::Stage_Name(paper.stage()).substr(sizeof("STAGE_") - 1);
      for (std::string* name : {&kind, &stage}) {
        for (char& c : *name) c = c == '_' ? '-' : static_cast<char>(std::tolower(c));
      }
      lines.insert(
          fmt::format("{} {} after {}: {}\n", paper.arxiv_id(), kind, stage, paper.reason()));
      EXPECT_GT(paper.since().seconds(), 0) << paper.arxiv_id();
    }
    for (const std::string& line : lines) text += line;
  }
  return text;
}

class LedgerTest : public support::StackTest {
 protected:
  LedgerTest() : StackTest({.partitions = 4, .serve_replicas = 2, .log_level = "debug"}) {}

  bus::Message Sound(std::string_view topic, int number) {
    return source_.MakeRecord(topic, number, clock_);
  }

  // As a stage writes what it has given up.
  bus::Message GivenUp(std::string_view topic, int number, const std::string& service) {
    bus::Message message = Sound(topic, number);
    message.topic = events::DeadLetterTopic(topic);
    message.SetHeader("x-original-topic", std::string(topic));
    message.SetHeader("x-attempt", "4");
    message.SetHeader("x-error-class", "exhausted");
    message.SetHeader("x-error-message", "the disk of " + service + " was full");
    message.SetHeader("x-service", service);
    return message;
  }

  // As a stage writes what it tries again in an hour.
  bus::Message Waiting(std::string_view topic, const std::string& tier, int number) {
    bus::Message message = Sound(topic, number);
    message.topic = std::string(topic) + tier;
    const auto in_an_hour = clock_.Now() + std::chrono::hours(1);
    message.SetHeader("x-original-topic", std::string(topic));
    message.SetHeader("x-attempt", "2");
    message.SetHeader("x-not-before",
                      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                                         in_an_hour.time_since_epoch())
                                         .count()));
    return message;
  }

  // A later record of the day declares more papers, twenty minutes ago, and leaves one out.
  void DeclareMore() {
    const auto records = stack().Records("batches");
    ASSERT_TRUE(records.ok() && !records->empty()) << records.status();
    v1::Batch batch;
    ASSERT_TRUE(batch.ParseFromString(records->back().value));
    ASSERT_EQ(batch.paper_ids_size(), kServed);
    for (int number = kServed + 1; number <= kDeclared; ++number) {
      batch.add_paper_ids(source_.Id(number));
    }
    v1::BatchDifference& difference = *batch.add_differences();
    difference.set_arxiv_id(source_.Id(kLeftOut));
    difference.set_reason("its record at arXiv is empty");
    difference.set_excluded(true);
    batch.mutable_create_time()->set_seconds(
        std::chrono::system_clock::to_time_t(clock_.Now() - std::chrono::minutes(20)));
    ASSERT_TRUE(stack().Publish({events::Encode(batch, clock_)}).ok());
  }

  // Every replica tells what the topics tell.
  void ExpectAgreement(const std::string& when) {
    TopicCount count(stack());
    std::string counted;
    std::string told[2];
    const bool agreed = WaitUntil(
        seconds(60),
        [&] {
          counted = count.Count();
          bool all = true;
          for (const int replica : {0, 1}) {
            const auto status = stack().feed(replica).Status();
            told[replica] = status.ok() ? StatusLines(*status) : status.status().ToString();
            if (status.ok() && status->stale()) told[replica] += "stale\n";
            if (status.ok() && status->epoch() == lost_epoch_) told[replica] += "not rebuilt\n";
            all = all && told[replica] == counted;
          }
          return all;
        },
        std::chrono::milliseconds(300));
    EXPECT_TRUE(agreed) << when << "\ncounted\n"
                        << counted << "replica 1\n"
                        << told[0] << "replica 2\n"
                        << told[1];
    std::printf("LEDGER %s: %s", when.c_str(), counted.c_str());
  }

  // What was told before it was noticed is no agreement then.
  void EmptyRedis() {
    const auto status = stack().feed().Status();
    ASSERT_TRUE(status.ok()) << status.status();
    lost_epoch_ = status->epoch();
    ASSERT_TRUE(stack().redis_client().Call({"FLUSHALL"}).ok());
  }

  v1::ReplayDeadLettersResponse Replay(const std::string& error_class, bool dry_run = false) {
    const auto stub = v1::OperatorService::NewStub(
        grpc::CreateChannel(stack().operator_address(), grpc::InsecureChannelCredentials()));
    v1::ReplayDeadLettersRequest request;
    request.set_error_class(error_class);
    request.set_dry_run(dry_run);
    v1::ReplayDeadLettersResponse response;
    grpc::ClientContext context;
    const grpc::Status status = stub->ReplayDeadLetters(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  v1::UnservedPaper Unserved(int number) {
    const auto status = stack().feed().Status();
    if (!status.ok()) return {};
    for (const v1::LedgerDay& day : status->days()) {
      for (const v1::UnservedPaper& paper : day.unserved()) {
        if (paper.arxiv_id() == source_.Id(number)) return paper;
      }
    }
    return {};
  }

  // The lines of a service's log that name both.
  int LinesWith(const std::string& log, const std::string& paper, const std::string& trace) {
    std::ifstream file(stack().log_folder() + "/" + log);
    int lines = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.find(paper) != std::string::npos && line.find(trace) != std::string::npos) ++lines;
    }
    return lines;
  }

  // Those of `metrics` that begin so, a line break first.
  static std::string Lines(const std::string& metrics, const std::string& begin) {
    std::string lines;
    for (size_t at = metrics.find(begin); at != std::string::npos;
         at = metrics.find(begin, at + 1)) {
      lines += metrics.substr(at + 1, metrics.find('\n', at + 1) - at);
    }
    return lines;
  }

  void ExpectMetrics() {
    for (const char* name : {"serve", "serve-2"}) {
      std::string metrics;
      // A card may be served before the ledger knows when ingest told of it.
      WaitUntil(seconds(30), [&] {
        metrics = stack().Metrics(name);
        return metrics.find("ingested_to_served_seconds_count 60\n") != std::string::npos;
      });
      for (const char* line :
           {"paperwire_serve_ledger_papers{state=\"declared\"} 67\n",
            "paperwire_serve_ledger_papers{state=\"served\"} 60\n",
            "paperwire_serve_ledger_papers{state=\"dead-lettered\"} 3\n",
            "paperwire_serve_ledger_papers{state=\"pending\"} 2\n",
            "paperwire_serve_ledger_papers{state=\"missing\"} 1\n",
            "paperwire_serve_ledger_newest_papers{state=\"excluded\"} 1\n",
            "paperwire_serve_ledger_unbalanced_days 1\n", "paperwire_serve_stale 0\n",
            "paperwire_serve_feed_state{state=\"recorded\"} 1\n",
            "paperwire_serve_upgrade_backlog_records 0\n",
            "paperwire_serve_ingested_to_served_seconds_count 60\n"}) {
        const std::string family(line, std::string_view(line).find_first_of("{ "));
        EXPECT_NE(metrics.find(line), std::string::npos) << name << ": " << line << "it says\n"
                                                         << Lines(metrics, "\n" + family);
      }
    }
  }

  // One id in a line of each service's log.
  void ExpectOneTraceThroughAllLogs() {
    const auto tagged = stack().Records("tagged");
    ASSERT_TRUE(tagged.ok() && !tagged->empty());
    const bus::Message& record = tagged->front();
    const std::string traceparent(record.FindHeader("traceparent"));
    ASSERT_EQ(traceparent.size(), 55u);
    const std::string trace = traceparent.substr(3, 32);
    for (const char* log : {"ingest.log", "summarize.log", "classify.log"}) {
      EXPECT_GE(LinesWith(log, record.key, trace), 1) << log << " " << trace;
    }
    EXPECT_EQ(
        LinesWith("serve.log", record.key, trace) + LinesWith("serve-2.log", record.key, trace), 1);
  }

  clock::SystemClock clock_;
  support::PaperSource source_{kDay};
  std::string lost_epoch_;
};

TEST_F(LedgerTest, TellsWhatTheTopicsTellAndAfterAReplayAllBalances) {
  ASSERT_TRUE(stack().StartServices().ok());
  const std::string folder = stack().MakeFolder("feed");
  support::WriteFile(folder + "/rss.xml", source_.Rss(1, kServed));
  const auto fed = stack().Ingest(folder);
  ASSERT_TRUE(fed.ok() && fed->exit_code == 0) << fed.status();
  ASSERT_TRUE(stack().WaitForCount(kServed, seconds(60)));
  ExpectAgreement("all served");

  ASSERT_NO_FATAL_FAILURE(DeclareMore());
  bus::Message corrupt = Sound(events::kNewPaper, kCorrupt);
  corrupt.value = "\xff\xff\xff nobody's message";
  ASSERT_TRUE(stack()
                  .Publish({corrupt, GivenUp(events::kSummarized, kDeadInClassify, "classify"),
                            GivenUp(events::kTagged, kDeadInServe, "serve"),
                            Waiting(events::kNewPaper, ".retry.1h", kWaitsForSummary),
                            Waiting(events::kSummarized, ".retry.5m", kWaitsForTags)})
                  .ok());
  ASSERT_TRUE(WaitUntil(seconds(60), [&] { return stack().RecordCount("new-paper.dlq") == 1; }));
  ExpectAgreement("3 dead, 2 pending, 1 missing, 1 left out");
  EXPECT_EQ(Unserved(kNeverIngested).kind(), v1::UNSERVED_KIND_MISSING);
  EXPECT_EQ(Unserved(kCorrupt).kind(), v1::UNSERVED_KIND_DEAD_LETTERED);
  EXPECT_EQ(Unserved(kWaitsForTags).reason(), "in summarized.retry.5m");
  ExpectMetrics();
  ExpectOneTraceThroughAllLogs();

  for (const char* name : {"serve", "serve-2"}) {
    ASSERT_TRUE(stack().service(name).Terminate(seconds(30)).has_value());
  }
  for (const char* name : {"serve", "serve-2"}) ASSERT_TRUE(stack().StartService(name).ok());
  for (const char* name : {"serve", "serve-2"}) {
    ASSERT_TRUE(stack().WaitUntilReady(name, seconds(60)).ok());
  }
  ExpectAgreement("after a restart");
  ASSERT_NO_FATAL_FAILURE(EmptyRedis());
  ExpectAgreement("after Redis was emptied");

  // Nothing is put back yet; then what was given up for a cause that is mended.
  EXPECT_EQ(Replay("", /*dry_run=*/true).replayed(), 3u);
  EXPECT_EQ(stack().RecordCount("tagged.dlq"), 1);
  ASSERT_TRUE(stack().service("classify").Terminate(seconds(30)).has_value());
  EXPECT_EQ(Replay("exhausted").replayed(), 2u);
  EXPECT_TRUE(WaitUntil(seconds(60), [&] {
    return Unserved(kDeadInClassify).kind() == v1::UNSERVED_KIND_PENDING;
  })) << Unserved(kDeadInClassify).DebugString();
  EXPECT_EQ(Unserved(kDeadInClassify).reason(), "in summarized");
  EXPECT_EQ(Replay("exhausted").superseded(), 2u) << "asked twice, put back once";
  ExpectAgreement("classify is down, two put back");
  ASSERT_TRUE(stack().StartService("classify").ok());
  ASSERT_TRUE(stack().WaitForCount(kServed + 2, seconds(60)));
  ExpectAgreement("two served after all");

  // What is corrupt comes back, and is one dead letter of the ledger however many lie there.
  EXPECT_EQ(Replay("invalid").replayed(), 1u);
  ASSERT_TRUE(WaitUntil(seconds(60), [&] { return stack().RecordCount("new-paper.dlq") == 2; }));
  ExpectAgreement("the corrupt one is back");

  // Mended at its source; and the one that was never ingested comes in.
  ASSERT_TRUE(
      stack()
          .Publish({Sound(events::kNewPaper, kCorrupt), Sound(events::kNewPaper, kNeverIngested)})
          .ok());
  ASSERT_TRUE(stack().WaitForCount(kServed + 4, seconds(60)));
  ExpectAgreement("mended");
  const auto replay = Replay("");
  EXPECT_EQ(replay.matched(), 4u);
  EXPECT_EQ(replay.replayed(), 0u);
  EXPECT_EQ(replay.superseded(), 4u);
  const auto sum = stack().WaitForLedger(kServed + 4, seconds(1));
  EXPECT_TRUE(sum.balanced && sum.declared == kDeclared && sum.pending == 2 && sum.excluded == 1 &&
              sum.dead_lettered == 0 && sum.missing == 0)
      << sum.ToString();
  ASSERT_NO_FATAL_FAILURE(EmptyRedis());
  ExpectAgreement("after Redis was emptied once more");
}

}  // namespace
}  // namespace paperwire
