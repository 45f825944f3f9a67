#include "services/serve/card_tally.h"

namespace paperwire::serve {
namespace {

// More than a window's whole day; a count of everything costs less than so many.
constexpr size_t kMostChanges = 50'000;

CardTally::Day Count(const EntryRange& entries) {
  CardTally::Day day;
  std::map<std::pair<std::string_view, std::string_view>, uint32_t> models;
  for (const ServedEntry& entry : entries) {
    ++day.cards;
    if (entry.is_fallback()) ++day.fallbacks;
    ++models[{"summarize", entry.summary_model()}];
    ++models[{"classify", entry.tag_model()}];
  }
  for (const auto& [model, cards] : models)
    day.models[{std::string(model.first), std::string(model.second)}] = cards;
  return day;
}

}  // namespace

std::optional<std::vector<SnapshotChange>> ChangesBetween(const SnapshotPtr& before,
                                                          const SnapshotPtr& after) {
  if (before == after) return std::vector<SnapshotChange>();
  if (before == nullptr || after == nullptr || before->epoch() != after->epoch() ||
      after->cursor() < before->cursor()) {
    return std::nullopt;
  }
  auto changes = after->ChangesAfter(before->cursor(), kMostChanges);
  if (changes.size() >= kMostChanges) return std::nullopt;
  return changes;
}

void CardTally::Update(const SnapshotPtr& snapshot,
                       const std::optional<std::vector<SnapshotChange>>& changes,
                       const std::string& oldest) {
  if (!changes) days_.clear();
  for (const SnapshotChange& change : changes.value_or(std::vector<SnapshotChange>())) {
    if (change.entry != nullptr) days_.erase(change.entry->announced());
    // Gone or moved: from where, the snapshot before knows.
    const EntryPtr earlier = counted_ == nullptr ? nullptr : counted_->Find(change.arxiv_id);
    if (earlier != nullptr) days_.erase(earlier->announced());
  }
  counted_ = snapshot;
  if (snapshot == nullptr) {
    days_.clear();
    return;
  }
  std::erase_if(days_, [&](const auto& day) {
    return day.first < oldest || !snapshot->dates().contains(day.first);
  });
  for (const auto& [date, cards] : snapshot->dates()) {
    if (date < oldest || days_.contains(date)) continue;
    days_[date] = Count(snapshot->OfDate(date));
  }
}

CardTally::Day CardTally::Total() const {
  Day total;
  for (const auto& [date, day] : days_) {
    total.cards += day.cards;
    total.fallbacks += day.fallbacks;
    for (const auto& [model, cards] : day.models) total.models[model] += cards;
  }
  return total;
}

}  // namespace paperwire::serve
