#include "services/serve/snapshot.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "absl/hash/hash.h"

namespace paperwire::serve {
namespace {

// All postings in their order. Entries are in theirs, so that only the values have to be sorted.
std::vector<Posting> PostingsOf(std::span<const EntryPtr> entries) {
  using Key = std::pair<char, absl::string_view>;
  std::unordered_map<Key, std::vector<Posting>, absl::Hash<Key>> lists;
  size_t count = 0;
  for (const EntryPtr& entry : entries) {
    for (const Posting& posting : entry->postings()) {
      const std::string_view value = posting.value();
      lists[{static_cast<char>(posting.facet), {value.data(), value.size()}}].push_back(posting);
      ++count;
    }
  }
  std::vector<const std::vector<Posting>*> sorted;
  sorted.reserve(lists.size());
  for (const auto& [key, list] : lists) sorted.push_back(&list);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return PostingOrder()(a->front(), b->front()); });
  std::vector<Posting> postings;
  postings.reserve(count);
  for (const auto* list : sorted) postings.insert(postings.end(), list->begin(), list->end());
  return postings;
}

}  // namespace

bool Snapshot::ByChange::operator()(const ServedEntry* a, const ServedEntry* b) const {
  return std::tie(a->changed(), a->arxiv_id()) < std::tie(b->changed(), b->arxiv_id());
}

bool Snapshot::ByChange::operator()(const Gone* a, const Gone* b) const {
  return std::tie(a->changed, a->arxiv_id) < std::tie(b->changed, b->arxiv_id);
}

bool Snapshot::ByTagTime::operator()(const ServedEntry* a, const ServedEntry* b) const {
  return std::pair(a->tagged(), std::string_view(a->arxiv_id())) <
         std::pair(b->tagged(), std::string_view(b->arxiv_id()));
}

Snapshot::Snapshot(std::string epoch, window::Cursor cursor, std::vector<EntryPtr> entries,
                   const std::vector<Gone>& gone, std::string_view oldest)
    : epoch_(std::move(epoch)), cursor_(cursor), oldest_(oldest) {
  std::erase_if(entries, [&](const EntryPtr& entry) { return entry->announced() < oldest; });
  std::sort(entries.begin(), entries.end(), ById());
  by_id_ = decltype(by_id_)(entries);
  std::vector<const ServedEntry*> pointers;
  pointers.reserve(entries.size());
  for (const EntryPtr& entry : entries) pointers.push_back(entry.get());
  std::sort(pointers.begin(), pointers.end(), ByChange());
  by_change_ = decltype(by_change_)(pointers);
  std::erase_if(pointers, [](const ServedEntry* entry) { return entry->tag_model().empty(); });
  std::sort(pointers.begin(), pointers.end(), ByTagTime());
  by_tag_time_ = decltype(by_tag_time_)(pointers);
  std::sort(entries.begin(), entries.end(), [](const EntryPtr& a, const EntryPtr& b) {
    return Before(a->announced(), a->arxiv_id(), b->announced(), b->arxiv_id());
  });
  postings_ = PostingTree(PostingsOf(entries));
  search_ = search::Index::Empty()->After(entries, {});
  for (const Gone& paper : gone) {
    if (paper.announced >= oldest) Add(paper);
  }
  Finish();
}

std::shared_ptr<const Snapshot> Snapshot::After(window::Cursor cursor,
                                                std::vector<EntryPtr> changed,
                                                std::span<const Gone> gone,
                                                std::string_view oldest) const {
  const std::shared_ptr<Snapshot> next(new Snapshot(*this));
  next->cursor_ = cursor;
  std::vector<std::string> removed;
  for (const Gone& paper : gone) {
    next->Remove(paper.arxiv_id);
    if (paper.announced >= oldest) next->Add(paper);
    removed.push_back(paper.arxiv_id);
  }
  for (const EntryPtr& entry : changed) {
    if (next->Find(entry->arxiv_id()) == nullptr) next->Remove(entry->arxiv_id());
    next->Add(entry);
    removed.push_back(entry->arxiv_id());
  }
  const std::vector<std::string> old = next->RemoveOlder(oldest);
  removed.insert(removed.end(), old.begin(), old.end());
  std::erase_if(changed, [&](const EntryPtr& entry) { return entry->announced() < oldest; });
  next->oldest_ = oldest;
  next->search_ = search_->After(changed, removed);
  next->Finish();
  return next;
}

// Where the entry stays under a value, its new state takes the place of the old one.
void Snapshot::Add(EntryPtr entry) {
  const std::vector<Posting> postings = entry->postings();
  if (const EntryPtr old = Find(entry->arxiv_id()); old != nullptr) {
    for (const Posting& posting : old->postings()) {
      if (!std::binary_search(postings.begin(), postings.end(), posting, PostingOrder())) {
        postings_.Erase(posting);
      }
    }
    by_change_.Erase(old.get());
    by_tag_time_.Erase(old.get());
  }
  for (const Posting& posting : postings) postings_.Insert(posting);
  by_change_.Insert(entry.get());
  if (!entry->tag_model().empty()) by_tag_time_.Insert(entry.get());
  by_id_.Insert(std::move(entry));
}

void Snapshot::Add(const Gone& paper) {
  auto owned = std::make_shared<const Gone>(paper);
  gone_by_change_.Insert(owned.get());
  gone_by_id_.Insert(std::move(owned));
}

void Snapshot::Remove(std::string_view arxiv_id) {
  if (const EntryPtr entry = Find(arxiv_id); entry != nullptr) {
    for (const Posting& posting : entry->postings()) postings_.Erase(posting);
    by_change_.Erase(entry.get());
    by_tag_time_.Erase(entry.get());
    by_id_.Erase(arxiv_id);
  }
  if (const GonePtr* found = gone_by_id_.Find(arxiv_id); found != nullptr) {
    const GonePtr paper = *found;
    gone_by_change_.Erase(paper.get());
    gone_by_id_.Erase(arxiv_id);
  }
}

std::vector<std::string> Snapshot::RemoveOlder(std::string_view oldest) {
  const size_t stay = From(oldest).size();
  std::vector<std::string> old;
  for (const ServedEntry& entry : EntryRange(postings_, stay, entries().size())) {
    old.push_back(entry.arxiv_id());
  }
  for (const std::string& arxiv_id : old) Remove(arxiv_id);
  // Once a day.
  if (oldest > oldest_) {
    std::vector<GonePtr> leaving;
    for (const GonePtr& paper : gone_by_id_) {
      if (paper->announced < oldest) leaving.push_back(paper);
    }
    for (const GonePtr& paper : leaving) Remove(paper->arxiv_id);
  }
  return old;
}

void Snapshot::Finish() {
  dates_.clear();
  for (EntryRange left = entries(); !left.empty();) {
    const std::string& date = left.front().announced();
    const EntryRange later = left.After(date, "");
    dates_[date] = static_cast<uint32_t>(left.size() - later.size());
    left = later;
  }
  tag_model_ = by_tag_time_.empty() ? "" : by_tag_time_[by_tag_time_.size() - 1]->tag_model();
}

EntryRange Snapshot::Of(Facet facet, std::string_view value) const {
  const auto order = [&](const Posting& posting) {
    if (posting.facet != facet) return posting.facet < facet ? -1 : 1;
    return posting.value().compare(value);
  };
  return {postings_,
          postings_.CountWhile([&](const Posting& posting) { return order(posting) < 0; }),
          postings_.CountWhile([&](const Posting& posting) { return order(posting) <= 0; })};
}

EntryPtr Snapshot::Find(std::string_view arxiv_id) const {
  const EntryPtr* found = by_id_.Find(arxiv_id);
  return found == nullptr ? nullptr : *found;
}

std::vector<SnapshotChange> Snapshot::ChangesAfter(const window::Cursor& cursor,
                                                   size_t limit) const {
  auto entry = by_change_.At(by_change_.CountWhile(
      [&](const ServedEntry* changed) { return !(cursor < changed->changed()); }));
  auto paper = gone_by_change_.At(
      gone_by_change_.CountWhile([&](const Gone* gone) { return !(cursor < gone->changed); }));
  std::vector<SnapshotChange> changes;
  while (changes.size() < limit) {
    const bool entries_left = entry != by_change_.end();
    const bool gone_left = paper != gone_by_change_.end();
    if (!entries_left && !gone_left) break;
    if (entries_left && (!gone_left || (*entry)->changed() < (*paper)->changed)) {
      changes.push_back({(*entry)->changed(), (*entry)->arxiv_id(), (*entry)->Share()});
      ++entry;
    } else {
      changes.push_back({(*paper)->changed, (*paper)->arxiv_id, nullptr});
      ++paper;
    }
  }
  return changes;
}

}  // namespace paperwire::serve
