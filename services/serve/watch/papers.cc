#include "services/serve/watch/papers.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "fmt/format.h"
#include "google/protobuf/util/time_util.h"
#include "services/serve/error_details.h"
#include "services/serve/rpc_call.h"

namespace paperwire::serve::watch {
namespace {

using std::chrono::milliseconds;

constexpr size_t kBatchesKept = 8;
// For more changes than these the words are looked up in the whole index, once for all batches.
constexpr size_t kFewChanges = 64;
constexpr absl::Duration kNoSnapshotYet = absl::Seconds(1);

// Tells one reader what it has not been told.
class PaperSource final : public Source {
 public:
  PaperSource(const Papers::Parts& parts, std::shared_ptr<Group> group, Position position)
      : parts_(parts), group_(std::move(group)), position_(std::move(position)) {}

  Step Next(bool beat) override {
    const SnapshotPtr snapshot = parts_.snapshots.Get();
    if (snapshot->epoch() != position_.epoch) return {.end = LostEpoch()};
    while (true) {
      if (batch_ != nullptr && next_ < batch_->messages.size()) {
        if (beat) return Heartbeat(*snapshot);
        const Event& event = batch_->batch.events[next_];
        position_.MoveTo(event.cursor);
        sending_ = event.kind == Kind::kEntry ? MessageKind::kEntry : MessageKind::kRemoved;
        return {.message = &batch_->messages[next_++]};
      }
      if (batch_ != nullptr) position_ = batch_->batch.through;
      batch_.reset();
      snapshot_ = snapshot->cursor();
      if (position_.after >= snapshot->cursor()) {
        if (live_ && !beat) return {};
        live_ = true;
        return Heartbeat(*snapshot);
      }
      batch_ = group_->Next(*snapshot, position_);
      next_ = 0;
      if (batch_->messages.empty() && batch_->batch.more) {
        // The rest when this one has left: other streams wait for the thread.
        position_ = batch_->batch.through;
        batch_.reset();
        return Heartbeat(*snapshot);
      }
    }
  }

  void Sent() override {
    parts_.metrics.Sent(sending_);
    if (!live_ || sending_ == MessageKind::kHeartbeat) return;
    const absl::Time changed =
        absl::FromUnixMillis(static_cast<int64_t>(position_.after.milliseconds));
    const absl::Duration delay = absl::FromChrono(parts_.clock.Now()) - changed;
    parts_.metrics.Delivered(std::max(absl::ToDoubleSeconds(delay), 0.0));
  }

  milliseconds Behind() const override {
    if (snapshot_ <= position_.after) return milliseconds(0);
    return milliseconds(static_cast<int64_t>(
        snapshot_.milliseconds - std::min(snapshot_.milliseconds, position_.after.milliseconds)));
  }

 private:
  Step Heartbeat(const Snapshot& snapshot) {
    v1::WatchPapersResponse response;
    v1::Heartbeat& heartbeat = *response.mutable_heartbeat();
    *heartbeat.mutable_time() = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
        absl::ToUnixMillis(absl::FromChrono(parts_.clock.Now())));
    heartbeat.set_live(live_);
    heartbeat.set_window_from(snapshot.oldest());
    response.set_resume_token(EncodePosition(position_, group_->terms_hash()));
    own_ = ToByteBuffer(Payload(response.SerializeAsString()));
    sending_ = MessageKind::kHeartbeat;
    return {.message = &own_};
  }

  const Papers::Parts& parts_;
  const std::shared_ptr<Group> group_;
  // After the last message given.
  Position position_;
  // As far as it went when it was looked at last.
  window::Cursor snapshot_;
  std::shared_ptr<const SharedBatch> batch_;
  size_t next_ = 0;
  bool live_ = false;
  MessageKind sending_ = MessageKind::kHeartbeat;
  grpc::ByteBuffer own_;
};

}  // namespace

std::shared_ptr<const SharedBatch> Group::Next(const Snapshot& snapshot, const Position& from) {
  // Under the lock, so that the others wait for it instead of making it too.
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(made_.rbegin(), made_.rend(), [&](const auto& made) {
    return made->from == from && made->snapshot == snapshot.cursor() &&
           made->oldest == snapshot.oldest();
  });
  if (found != made_.rend()) return *found;
  const auto made = std::make_shared<SharedBatch>();
  made->from = from;
  made->snapshot = snapshot.cursor();
  made->oldest = snapshot.oldest();
  LookUpWords(snapshot, from);
  made->batch = NextBatch(snapshot, from, terms_);
  if (!made->batch.more) looked_up_.reset();
  for (Event& event : made->batch.events) {
    made->messages.push_back(ToByteBuffer(event.payload));
    event.payload = Payload();
  }
  if (made_.size() == kBatchesKept) made_.erase(made_.begin());
  made_.push_back(made);
  return made;
}

void Group::LookUpWords(const Snapshot& snapshot, const Position& from) {
  if (terms_.filter.words().empty() || looked_up_ == snapshot.search()) return;
  const std::vector<SnapshotChange> changes = snapshot.ChangesAfter(from.after, kFewChanges + 1);
  if (changes.size() > kFewChanges) {
    terms_.filter.LookUpWords(*snapshot.search());
    looked_up_ = snapshot.search();
    return;
  }
  std::vector<EntryPtr> entries;
  for (const SnapshotChange& change : changes) {
    if (change.entry != nullptr) entries.push_back(change.entry);
  }
  terms_.filter.LookUpWords(*snapshot.search(), entries);
  looked_up_.reset();
}

absl::StatusOr<std::unique_ptr<Source>> Papers::Open(const v1::WatchPapersRequest& request) {
  const SnapshotPtr snapshot = parts_.snapshots.Get();
  if (snapshot == nullptr) {
    const std::string reason = parts_.snapshots.freshness().reason;
    return RetryAfter(absl::UnavailableError(fmt::format("no snapshot is loaded yet{}{}",
                                                         reason.empty() ? "" : ": ", reason)),
                      kNoSnapshotYet);
  }
  absl::StatusOr<Terms> terms = ReadTerms(request, parts_.catalogue, *snapshot);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<Position> position =
      Begin(request, *terms, *snapshot, parts_.snapshots.FreshnessOf(*snapshot),
            absl::FromChrono(parts_.clock.Now()));
  if (!position.ok()) return position.status();
  return std::make_unique<PaperSource>(parts_, GroupOf(*std::move(terms)), *std::move(position));
}

std::shared_ptr<Group> Papers::GroupOf(Terms terms) {
  const std::string key = fmt::format("{}:{}", static_cast<int>(terms.view), terms.key);
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(key);
  if (found != groups_.end()) {
    if (auto group = found->second.lock()) return group;
  }
  std::erase_if(groups_, [](const auto& entry) { return entry.second.expired(); });
  auto group = std::make_shared<Group>(std::move(terms));
  groups_[key] = group;
  return group;
}

}  // namespace paperwire::serve::watch
