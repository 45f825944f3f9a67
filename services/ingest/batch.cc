#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "google/protobuf/util/message_differencer.h"
#include "services/ingest/merge.h"

namespace paperwire::ingest {
namespace {

template <typename Ids>
void SortUnique(Ids& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

// A listing's figures replace a feed's; of one kind the greater count.
void UniteCounts(const v1::Batch& earlier, const v1::Batch& later, v1::Batch& out) {
  std::map<std::tuple<std::string, int>, v1::DeclaredCount> counts;
  std::set<std::string> listed;
  for (const v1::Batch* batch : {&earlier, &later}) {
    for (const v1::DeclaredCount& count : batch->declared()) {
      if (count.source() == v1::COUNT_SOURCE_LISTING) listed.insert(count.category());
    }
  }
  for (const v1::Batch* batch : {&earlier, &later}) {
    for (const v1::DeclaredCount& count : batch->declared()) {
      if (count.source() != v1::COUNT_SOURCE_LISTING && listed.contains(count.category())) continue;
      auto [entry, added] = counts.try_emplace({count.category(), count.section()}, count);
      if (!added && entry->second.count() < count.count()) entry->second = count;
    }
  }
  out.clear_declared();
  for (const auto& [key, count] : counts) *out.add_declared() = count;
}

}  // namespace

v1::Batch Unite(const v1::Batch& earlier, const v1::Batch& later) {
  v1::Batch out = later;
  out.mutable_paper_ids()->MergeFrom(earlier.paper_ids());
  out.mutable_replaced_ids()->MergeFrom(earlier.replaced_ids());
  out.mutable_old_cross_ids()->MergeFrom(earlier.old_cross_ids());
  SortUnique(*out.mutable_paper_ids());
  SortUnique(*out.mutable_replaced_ids());
  SortUnique(*out.mutable_old_cross_ids());
  // One id is counted once, as the best that any cycle knew of it.
  const std::set<std::string> papers(out.paper_ids().begin(), out.paper_ids().end());
  const auto drop = [](google::protobuf::RepeatedPtrField<std::string>& ids,
                       const std::set<std::string>& counted) {
    ids.erase(std::remove_if(ids.begin(), ids.end(),
                             [&](const std::string& id) { return counted.count(id) > 0; }),
              ids.end());
  };
  drop(*out.mutable_old_cross_ids(), papers);
  std::set<std::string> all = papers;
  all.insert(out.old_cross_ids().begin(), out.old_cross_ids().end());
  drop(*out.mutable_replaced_ids(), all);

  UniteCounts(earlier, later, out);

  // Who read the listing has compared anew; an exclusion stays.
  const bool anew = std::any_of(
      later.declared().begin(), later.declared().end(),
      [](const v1::DeclaredCount& count) { return count.source() == v1::COUNT_SOURCE_LISTING; });
  if (later.fruitless_looks() == 0 && !anew) {
    out.set_fruitless_looks(earlier.fruitless_looks());
    if (earlier.has_last_fruitless_look()) {
      *out.mutable_last_fruitless_look() = earlier.last_fruitless_look();
    }
  }
  std::map<std::string, v1::BatchDifference> differences;
  for (const v1::BatchDifference& difference : earlier.differences()) {
    if (!anew || difference.excluded()) differences[difference.arxiv_id()] = difference;
  }
  for (const v1::BatchDifference& difference : later.differences()) {
    v1::BatchDifference& known = differences[difference.arxiv_id()];
    if (!known.excluded()) known = difference;
  }
  out.clear_differences();
  std::set<std::string> excluded;
  for (const auto& [id, difference] : differences) {
    *out.add_differences() = difference;
    if (difference.excluded()) excluded.insert(id);
  }
  drop(*out.mutable_paper_ids(), excluded);
  out.set_sample(earlier.sample() && later.sample());
  return out;
}

void NoteFruitless(const v1::Batch* known, const std::string& categories, absl::Time now,
                   v1::Batch& batch) {
  batch.set_fruitless_looks((known == nullptr ? 0 : known->fruitless_looks()) + 1);
  batch.mutable_last_fruitless_look()->set_seconds(absl::ToUnixSeconds(now));
  if (batch.fruitless_looks() < kFruitlessLooks) return;
  batch.add_differences()->set_reason("the listing of " + categories +
                                      " does not hold what it declares: asked for once a day");
}

bool SameDeclaration(const v1::Batch& a, const v1::Batch& b) {
  v1::Batch left = a;
  v1::Batch right = b;
  for (v1::Batch* batch : {&left, &right}) {
    batch->clear_cycle_id();
    batch->clear_create_time();
  }
  return google::protobuf::util::MessageDifferencer::Equals(left, right);
}

}  // namespace paperwire::ingest
