#include "services/serve/watch/batch.h"

#include <string>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::serve::watch {
namespace {

std::string TokenField(const std::string& token) {
  v1::WatchPapersResponse response;
  response.set_resume_token(token);
  return response.SerializeAsString();
}

Payload Removed(const std::string& arxiv_id, const std::string& token) {
  v1::WatchPapersResponse response;
  response.set_removed_id(arxiv_id);
  response.set_resume_token(token);
  return Payload(response.SerializeAsString());
}

Payload Shown(const EntryPtr& entry, v1::EntryView view, const std::string& token) {
  static_assert(v1::WatchPapersResponse::kEntryFieldNumber == 1, "entries are kept as field 1");
  Payload payload;
  entry->AppendTo(payload, view);
  payload.Append(TokenField(token));
  return payload;
}

// Whether a reader at `from` may hold what this change did away with.
bool MayHold(const SnapshotChange& change, const Position& from) {
  if (change.cursor <= from.begun) return false;
  return change.entry == nullptr || change.entry->first() <= from.after;
}

}  // namespace

Batch NextBatch(const Snapshot& snapshot, const Position& from, const Terms& terms,
                const BatchLimits& limits) {
  Batch batch{.through = from};
  const std::vector<SnapshotChange> changes = snapshot.ChangesAfter(from.after, limits.changes);
  size_t looked_at = 0;
  for (const SnapshotChange& change : changes) {
    if (change.cursor > snapshot.cursor() || batch.events.size() == limits.events) break;
    ++looked_at;
    batch.through.MoveTo(change.cursor);
    const EntryPtr& entry = change.entry;
    if (entry != nullptr && terms.Match(*entry)) {
      batch.events.push_back({Kind::kEntry, change.cursor,
                              Shown(entry, terms.view, EncodePosition(batch.through, terms.hash))});
    } else if (MayHold(change, from)) {
      batch.events.push_back({Kind::kRemoved, change.cursor,
                              Removed(change.arxiv_id, EncodePosition(batch.through, terms.hash))});
    }
  }
  const bool whole = looked_at == changes.size();
  batch.more =
      whole ? changes.size() == limits.changes : changes[looked_at].cursor <= snapshot.cursor();
  if (!batch.more && batch.through.after < snapshot.cursor()) {
    batch.through.MoveTo(snapshot.cursor());
  }
  return batch;
}

}  // namespace paperwire::serve::watch
