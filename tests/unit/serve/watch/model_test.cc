// Readers that are cut anywhere and go on anywhere, over replicas that follow a window each at its
// own pace, while papers come, change, move, leave and come again.
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/calendar.h"
#include "libs/window/memory_window.h"
#include "services/serve/feed_clock.h"
#include "services/serve/refresher.h"
#include "services/serve/snapshot_holder.h"
#include "tests/unit/serve/watch/changes.h"
#include "tests/unit/serve/watch/racing_window.h"

namespace paperwire::serve::watch {
namespace {

const bus::TopicPartition kPartition{"tagged", 0};

class World {
 public:
  explicit World(uint32_t seed) : random_(seed), window_(window::MakeMemoryWindow(&clock_)) {
    const auto begun = window_->Begin({{kPartition, 0}}, {});
    EXPECT_TRUE(begun.ok());
    epoch_ = begun->epoch;
    for (Replica& replica : replicas_) {
      replica.window = std::make_unique<RacingWindow>(*window_, [this] {
        for (int i = settled_ ? 0 : Pick(6); i > 0; --i) Write();
      });
      replica.refresher = std::make_unique<Refresher>(
          *replica.window, replica.holder, feed_clock_,
          Refresher::Options{.batch = 1 + static_cast<size_t>(Pick(5))});
      EXPECT_TRUE(replica.refresher->Step().ok());
    }
  }

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  bool Chance(int percent) { return Pick(100) < percent; }
  std::string Oldest() const { return feed_clock_.Oldest(); }
  SnapshotPtr SnapshotOf(int replica) const {
    return replicas_[static_cast<size_t>(replica)].holder.Get();
  }

  // One paper does something.
  void Write() {
    // Others every day, so that what has grown too old does not come again.
    const std::string id = "2606.00" + std::to_string(100 + 12 * days_ + Pick(12));
    Known& known = known_[id];
    if (known.announced == absl::CivilDay()) {
      known.announced = *calendar::ParseDate(feed_clock_.Today()) - Pick(5);
    }
    if (Chance(15)) known.announced -= 1;
    // Sometimes no newer than what was written: a redelivery, which may move the date.
    if (Chance(80)) ++known.revision.generation;
    if (Chance(10)) known.revision = {.paper_version = known.revision.paper_version + 1};
    window::Write write;
    write.offset = stored_offset_ + 1;
    write.entry =
        MakeEntry(id, calendar::FormatDate(known.announced), {Chance(50) ? "theory" : "nlp"});
    write.entry.mutable_revision()->set_value(known.revision.value());
    write.removed = Chance(10);
    const auto applied = window_->Apply(epoch_, kPartition, stored_offset_, Oldest(), {&write, 1});
    ASSERT_TRUE(applied.ok()) << applied.status();
    stored_offset_ = applied->stored_offset;
  }

  void GoOn() {
    for (int i = Pick(6); i > 0; --i) Write();
    if (Chance(4)) {
      clock_.Advance(std::chrono::hours(24));
      ++days_;
      ASSERT_TRUE(window_->Expire(Oldest()).ok());
    }
    for (Replica& replica : replicas_) {
      if (Chance(40)) {
        ASSERT_TRUE(replica.refresher->Step().ok());
      }
    }
  }

  // Every replica is at the window's end.
  void Settle() {
    settled_ = true;

    for (Replica& replica : replicas_) {
      do {
        ASSERT_TRUE(replica.refresher->Step().ok());
      } while (replica.holder.Get()->cursor() != window_->GetState()->cursor);
    }
  }

  // Its date moved, and the new one left the window before everybody was told of it: readers drop
  // it when the date that they know leaves.
  bool LeftEarly(const std::string& id) {
    return calendar::FormatDate(known_.at(id).announced) < Oldest() &&
           window_->Get(std::vector{id})->empty();
  }

  // What `terms` match in the window.
  std::map<std::string, uint64_t> Matching(const Terms& terms) {
    std::map<std::string, uint64_t> matching;
    const auto contents = window_->Load();
    EXPECT_TRUE(contents.ok()) << contents.status();
    for (const window::Stored& stored : contents->papers) {
      const EntryPtr entry = ServedEntry::Make(stored.entry);
      if (entry->announced() >= Oldest() && terms.Match(*entry)) {
        matching[entry->arxiv_id()] = entry->revision();
      }
    }
    return matching;
  }

 private:
  struct Replica {
    SnapshotHolder holder;
    std::unique_ptr<RacingWindow> window;
    std::unique_ptr<Refresher> refresher;
  };

  std::mt19937 random_;
  clock::FakeClock clock_{TuesdayNoon()};
  FeedClock feed_clock_{clock_, /*data=*/false};
  std::unique_ptr<window::Window> window_;
  std::string epoch_;
  int64_t stored_offset_ = -1;
  struct Known {
    absl::CivilDay announced;
    paper::Revision revision;
  };
  std::map<std::string, Known> known_;
  int days_ = 0;
  std::array<Replica, 3> replicas_;
  bool settled_ = false;
};

// Does what feed_service.proto asks of one, and counts what it promises.
class Reader {
 public:
  Reader(World& world, v1::WatchPapersRequest request)
      : world_(world), request_(std::move(request)) {}

  // Reads from one replica until it is cut, or has all there is.
  void Read(bool to_the_end) {
    const int replica = world_.Pick(3);
    terms_ = TermsOf(request_, *world_.SnapshotOf(replica));
    absl::StatusOr<Position> position =
        Begin(request_, *terms_, *world_.SnapshotOf(replica), {}, {});
    ASSERT_TRUE(position.ok()) << position.status();
    while (true) {
      const SnapshotPtr snapshot = world_.SnapshotOf(replica);
      const Batch batch = NextBatch(*snapshot, *position, *terms_,
                                    {.changes = 1 + static_cast<size_t>(world_.Pick(9)),
                                     .events = 1 + static_cast<size_t>(world_.Pick(5))});
      for (const Event& event : batch.events) {
        if (!to_the_end && world_.Chance(15)) return;
        Take(Message(event));
      }
      position = batch.through;
      if (batch.more) continue;
      if (to_the_end || world_.Chance(50)) {
        // A heartbeat.
        request_.set_resume_token(EncodePosition(*position, terms_->hash));
        std::erase_if(held_,
                      [&](const auto& card) { return card.second.announced < snapshot->oldest(); });
      }
      if (to_the_end || world_.Chance(60)) return;
      world_.GoOn();
    }
  }

  const Terms& terms() const { return *terms_; }
  std::map<std::string, uint64_t> Revisions() const {
    std::map<std::string, uint64_t> revisions;
    for (const auto& [id, card] : held_) {
      if (!world_.LeftEarly(id)) revisions[id] = card.revision;
    }
    return revisions;
  }
  int taken() const { return taken_; }

 private:
  struct Card {
    uint64_t revision = 0;
    std::string announced;
  };

  void Take(const v1::WatchPapersResponse& message) {
    request_.set_resume_token(message.resume_token());
    ++taken_;
    if (!message.has_entry()) {
      held_.erase(message.removed_id());
      return;
    }
    const std::string& id = message.entry().paper().arxiv_id();
    const Card card{message.entry().revision().value(), message.entry().paper().announced()};
    const auto before = newest_.find(id);
    if (before != newest_.end()) {
      const bool forward =
          card.revision > before->second.revision ||
          (card.revision == before->second.revision && card.announced < before->second.announced);
      EXPECT_TRUE(forward) << id << " from " << before->second.revision << " to " << card.revision;
    }
    newest_[id] = card;
    held_[id] = card;
  }

  World& world_;
  v1::WatchPapersRequest request_;
  std::optional<Terms> terms_;
  std::map<std::string, Card> held_;
  // Also of what is held no more.
  std::map<std::string, Card> newest_;
  int taken_ = 0;
};

v1::WatchPapersRequest FromDate(const std::string& date, const std::string& tag) {
  v1::WatchPapersRequest request;
  request.set_announced_from(date);
  if (!tag.empty()) request.mutable_filter()->add_tags_any(tag);
  return request;
}

TEST(WatchModel, AReaderCutAnywhereMissesNothingAndIsToldNothingTwice) {
  int taken = 0;
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    World world(seed);
    std::vector<Reader> readers;
    readers.emplace_back(world, FromDate("2026-06-01", ""));
    readers.emplace_back(world, FromDate("2026-06-01", "nlp"));
    readers.emplace_back(world, FromDate("2026-06-20", "theory"));
    for (int round = 0; round < 25; ++round) {
      world.GoOn();
      for (Reader& reader : readers) reader.Read(/*to_the_end=*/false);
    }
    world.Settle();
    for (Reader& reader : readers) {
      reader.Read(/*to_the_end=*/true);
      EXPECT_EQ(reader.Revisions(), world.Matching(reader.terms()));
      taken += reader.taken();
    }
    if (HasFailure()) FAIL() << "with seed " << seed;
  }
  EXPECT_GT(taken, 10'000);
}

}  // namespace
}  // namespace paperwire::serve::watch
