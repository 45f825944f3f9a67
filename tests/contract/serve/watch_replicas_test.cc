// A reader that moves between two replicas which follow one real Redis.
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "libs/redis/client.h"
#include "libs/window/redis_window.h"
#include "services/serve/feed_service.h"
#include "services/serve/refresher.h"
#include "services/serve/rpc_server.h"
#include "services/serve/watch/service.h"
#include "tests/support/redis_process.h"
#include "tests/support/wait.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using std::chrono::milliseconds;

const bus::TopicPartition kPartition{.topic = "tagged", .partition = 0};
constexpr char kDay[] = "2026-06-23";

// As much of a serve process as answers watchers.
class Replica {
 public:
  Replica(const std::string& redis_url, milliseconds poll)
      : client_(*redis::Client::Create({.url = redis_url})),
        window_(window::MakeRedisWindow(*client_, {.cluster_id = "c"})),
        refresher_(*window_, snapshots_, feed_clock_, {.poll = poll}),
        follower_([this](std::stop_token stop) { refresher_.Run(std::move(stop), clock_); }) {
    auto server = RpcServer::Start({.listen = "127.0.0.1:0"}, service_);
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::FeedService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials()));
  }
  ~Replica() { watches_.Drain(); }

  v1::FeedService::Stub& stub() { return *stub_; }
  bool Has(const window::Cursor& cursor) const {
    const SnapshotPtr snapshot = snapshots_.Get();
    return snapshot != nullptr && snapshot->cursor() >= cursor;
  }
  std::string epoch() const {
    const SnapshotPtr snapshot = snapshots_.Get();
    return snapshot == nullptr ? "" : snapshot->epoch();
  }

 private:
  clock::SystemClock clock_;
  // Of data: the day does not pass.
  FeedClock feed_clock_{clock_, /*data=*/true};
  prometheus::Registry registry_;
  RequestCounter requests_{registry_};
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  Feed feed_{snapshots_, statuses_, feed_clock_};
  FeedMethods methods_{feed_};
  access::StreamSlots slots_{{}};
  watch::Service watches_{{},
                          {.snapshots = snapshots_,
                           .statuses = statuses_,
                           .feed = feed_,
                           .clock = clock_,
                           .slots = slots_,
                           .registry = registry_}};
  Gate gate_{{}, clock_, registry_};
  FeedService service_{methods_, gate_, requests_, &watches_};
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<window::Window> window_;
  Refresher refresher_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::FeedService::Stub> stub_;
  std::jthread follower_;
};

class WatchReplicas : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
    if (!tests::RedisProcess::Available()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    // What is killed has kept what it answered, even where the disk is slow.
    auto redis = tests::RedisProcess::Start({{"appendfsync", "always"}});
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    client_ = *redis::Client::Create({.url = redis_->Url()});
    window_ = window::MakeRedisWindow(*client_, {.cluster_id = "c"});
    Begin();
    for (size_t i = 0; i < replicas_.size(); ++i) {
      replicas_[i] = std::make_unique<Replica>(redis_->Url(), milliseconds(i == 0 ? 1 : 7));
    }
    WaitForReplicas();
  }

  void Begin() {
    const auto begun = window_->Begin({{kPartition, 0}}, {});
    ASSERT_TRUE(begun.ok()) << begun.status();
    epoch_ = begun->epoch;
    stored_ = -1;
  }
  void WaitForReplicas() {
    const auto state = window_->GetState();
    ASSERT_TRUE(state.ok()) << state.status();
    for (const auto& replica : replicas_) {
      ASSERT_TRUE(support::WaitUntil(std::chrono::seconds(30), [&] {
        return replica->epoch() == state->epoch && replica->Has(state->cursor);
      }));
    }
  }
  void Change(int number, uint32_t generation, const std::string& tag, bool removed = false) {
    window::Write write;
    write.offset = stored_ + 1;
    write.entry = MakeEntry("2606." + std::to_string(10000 + number), kDay, {tag}, generation);
    write.removed = removed;
    const auto applied = window_->Apply(epoch_, kPartition, stored_, "2026-06-01", {&write, 1});
    ASSERT_TRUE(applied.ok()) << applied.status();
    stored_ = applied->stored_offset;
  }
  // What is in the window under `tag`, by revision.
  std::map<std::string, uint64_t> Tagged(const std::string& tag) {
    std::map<std::string, uint64_t> tagged;
    const auto contents = window_->Load();
    EXPECT_TRUE(contents.ok()) << contents.status();
    for (const window::Stored& stored : contents->papers) {
      if (stored.entry.tags(0).slug() == tag) {
        tagged[stored.entry.paper().arxiv_id()] = stored.entry.revision().value();
      }
    }
    return tagged;
  }

  std::unique_ptr<tests::RedisProcess> redis_;
  std::unique_ptr<redis::Client> client_;
  std::unique_ptr<window::Window> window_;
  std::string epoch_;
  int64_t stored_ = -1;
  std::array<std::unique_ptr<Replica>, 2> replicas_;
};

// Keeps a copy, as feed_service.proto says how.
class Copy {
 public:
  Copy() {
    request_.set_announced_from("2026-06-01");
    request_.mutable_filter()->add_tags_any("theory");
  }

  // Reads until `most` messages came, or all there is and `to_the_end`.
  grpc::Status Read(Replica& replica, int most, bool to_the_end = false) {
    grpc::ClientContext context;
    // Where nothing comes a reader goes on, too.
    context.set_deadline(absl::ToChronoTime(absl::FromChrono(clock::SystemClock().Now()) +
                                            (to_the_end ? absl::Minutes(1) : absl::Seconds(1))));
    const auto reader = replica.stub().WatchPapers(&context, request_);
    v1::WatchPapersResponse message;
    bool cut = false;
    for (int i = 0; !cut && reader->Read(&message); ++i) {
      cut = i == most;
      if (cut) break;
      Take(message);
      cut = to_the_end && message.has_heartbeat() && message.heartbeat().live();
    }
    if (cut) context.TryCancel();
    return reader->Finish();
  }
  // Reads until the server ends it.
  grpc::Status Stay(Replica& replica) {
    grpc::ClientContext context;
    const auto reader = replica.stub().WatchPapers(&context, request_);
    v1::WatchPapersResponse message;
    while (reader->Read(&message)) Take(message);
    return reader->Finish();
  }
  void Forget() {
    request_.clear_resume_token();
    cards_.clear();
    newest_.clear();
  }
  const std::map<std::string, uint64_t>& cards() const { return cards_; }
  int taken() const { return taken_; }

 private:
  void Take(const v1::WatchPapersResponse& message) {
    request_.set_resume_token(message.resume_token());
    if (!message.removed_id().empty()) cards_.erase(message.removed_id());
    if (!message.has_entry()) return;
    ++taken_;
    const std::string& id = message.entry().paper().arxiv_id();
    const uint64_t revision = message.entry().revision().value();
    EXPECT_GT(revision, newest_[id]) << id;
    newest_[id] = cards_[id] = revision;
  }

  v1::WatchPapersRequest request_;
  std::map<std::string, uint64_t> cards_;
  // Also of what is gone.
  std::map<std::string, uint64_t> newest_;
  int taken_ = 0;
};

TEST_F(WatchReplicas, AReaderThatMovesBetweenThemSeesNoGapAndNoRepeat) {
  // Writes for as long as the reader needs, however slow the machine.
  std::jthread writer([&](const std::stop_token& stop) {
    std::mt19937 random(7);
    std::array<int, 80> papers{};
    std::iota(papers.begin(), papers.end(), 0);
    int next = static_cast<int>(papers.size());
    for (uint32_t i = 1; !stop.stop_requested() && !HasFatalFailure(); ++i) {
      int& paper = papers[random() % papers.size()];
      const bool removed = random() % 50 == 0;
      Change(paper, i, random() % 3 == 0 ? "nlp" : "theory", removed);
      // What was taken out does not come back.
      if (removed) paper = next++;
    }
  });
  Copy copy;
  std::mt19937 random(11);
  constexpr int kEnough = 300;
  for (int moves = 0; moves < 20 || (copy.taken() < kEnough && moves < 500); ++moves) {
    copy.Read(*replicas_[random() % 2], static_cast<int>(1 + random() % 25));
  }
  writer.request_stop();
  writer.join();
  WaitForReplicas();
  for (const auto& replica : replicas_) copy.Read(*replica, 10'000, /*to_the_end=*/true);

  EXPECT_EQ(copy.cards(), Tagged("theory"));
  EXPECT_GE(copy.taken(), kEnough);
}

TEST_F(WatchReplicas, AReaderIsToldWhenTheWindowIsLostAndEndsEqualToTheNewOne) {
  for (int i = 0; i < 20; ++i) Change(i, 1, "theory");
  WaitForReplicas();
  Copy copy;
  copy.Read(*replicas_[0], 10'000, /*to_the_end=*/true);
  EXPECT_EQ(copy.cards(), Tagged("theory"));
  grpc::Status ended;
  std::jthread reading([&] { ended = copy.Stay(*replicas_[0]); });

  ASSERT_TRUE(client_->Call({"FLUSHALL"}).ok());
  Begin();
  for (int i = 10; i < 30; ++i) Change(i, 1, "theory");
  reading.join();
  WaitForReplicas();

  EXPECT_EQ(ended.error_code(), grpc::StatusCode::OUT_OF_RANGE) << ended.error_message();
  EXPECT_EQ(copy.Stay(*replicas_[1]).error_code(), grpc::StatusCode::OUT_OF_RANGE);
  copy.Forget();
  copy.Read(*replicas_[1], 10'000, /*to_the_end=*/true);
  EXPECT_EQ(copy.cards(), Tagged("theory"));
}

TEST_F(WatchReplicas, AStreamOutlivesARestartOfRedis) {
  Change(1, 1, "theory");
  WaitForReplicas();
  grpc::ClientContext context;
  v1::WatchPapersRequest request;
  const auto reader = replicas_[0]->stub().WatchPapers(&context, request);
  v1::WatchPapersResponse message;
  ASSERT_TRUE(reader->Read(&message));
  EXPECT_TRUE(message.heartbeat().live());

  redis_->Kill();
  ASSERT_TRUE(redis_->Restart().ok());
  absl::Status applied;
  ASSERT_TRUE(support::WaitUntil(std::chrono::seconds(30), [&] {
    window::Write write;
    write.offset = stored_ + 1;
    write.entry = MakeEntry("2606.00102", kDay, {"theory"}, 1);
    applied = window_->Apply(epoch_, kPartition, stored_, "2026-06-01", {&write, 1}).status();
    return applied.ok();
  })) << applied;

  do {
    ASSERT_TRUE(reader->Read(&message));
  } while (!message.has_entry());
  EXPECT_EQ(message.entry().paper().arxiv_id(), "2606.00102");
  context.TryCancel();
}

}  // namespace
}  // namespace paperwire::serve
