#include "services/serve/ledger_book.h"

#include <utility>

namespace paperwire::serve {
namespace {

// The dates that declare or know a card that has changed, whatever the card says.
std::set<std::string> DatesOf(const std::vector<SnapshotChange>& cards,
                              const window::LedgerContents& contents) {
  std::set<std::string> dates;
  for (const SnapshotChange& card : cards) {
    for (const auto& [date, papers] : contents.papers) {
      if (papers.contains(card.arxiv_id)) dates.insert(date);
    }
  }
  return dates;
}

}  // namespace

bool LedgerBook::IsDue(const Page& page, const Facts& facts) const {
  return facts.now >= page.account.until || page.untold ||
         (page.account.elsewhere && !facts.changed.empty()) ||
         (page.account.waits && facts.committed != committed_);
}

void LedgerBook::Account(const std::string& date, const Facts& facts, Page& page) {
  ++accounted_;
  page.account =
      AccountForDay({.contents = facts.contents,
                     .announced = date,
                     .served =
                         [&facts](const std::string& id) {
                           return facts.snapshot != nullptr && facts.snapshot->Find(id) != nullptr;
                         },
                     .committed = facts.committed,
                     .now = facts.now,
                     .idle = page.account.idle});
}

bool LedgerBook::Note(const std::string& date, Page& page) {
  std::vector<window::IdleNote> notes;
  for (const auto& [id, idle] : page.account.idle) {
    const auto noted = page.noted.find(id);
    if (noted != page.noted.end() && noted->second.record == idle.record) continue;
    notes.push_back(
        {.arxiv_id = id, .record = idle.record, .since_ms = absl::ToUnixMillis(idle.since)});
  }
  for (const auto& [id, idle] : page.noted) {
    if (!page.account.idle.contains(id)) {
      notes.push_back({.arxiv_id = id, .record = idle.record, .since_ms = std::nullopt});
    }
  }
  page.untold = false;
  if (notes.empty()) return false;
  const auto since = store_.NoteIdle(date, notes);
  // Until it can be told, this process goes by what it saw itself.
  page.untold = !since.ok();
  if (page.untold) return false;
  bool earlier = false;
  for (size_t i = 0; i < notes.size(); ++i) {
    if (!notes[i].since_ms) continue;
    Idle& idle = page.account.idle[notes[i].arxiv_id];
    if ((*since)[i] < *notes[i].since_ms) {
      idle.since = absl::FromUnixMillis((*since)[i]);
      earlier = true;
    }
  }
  page.noted = page.account.idle;
  return earlier;
}

void LedgerBook::Update(const Facts& facts) {
  if (facts.all) pages_.clear();
  std::erase_if(pages_, [&facts](const auto& page) {
    return page.first < facts.oldest || page.first > facts.newest ||
           !facts.contents.batches.contains(page.first);
  });
  std::set<std::string> touched = facts.changed;
  if (facts.cards) touched.merge(DatesOf(*facts.cards, facts.contents));
  for (auto batch = facts.contents.batches.lower_bound(facts.oldest);
       batch != facts.contents.batches.end() && batch->first <= facts.newest; ++batch) {
    const auto [page, added] = pages_.try_emplace(batch->first);
    const bool due =
        added || !facts.cards || touched.contains(batch->first) || IsDue(page->second, facts);
    if (!due) continue;
    Account(batch->first, facts, page->second);
    if (Note(batch->first, page->second)) Account(batch->first, facts, page->second);
  }
  committed_ = facts.committed;
}

std::vector<v1::LedgerDay> LedgerBook::Days() const {
  std::vector<v1::LedgerDay> days;
  days.reserve(pages_.size());
  for (const auto& [date, page] : pages_) days.push_back(page.account.day);
  return days;
}

}  // namespace paperwire::serve
