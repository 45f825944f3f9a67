#include "services/serve/search/segment_builder.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "services/serve/search/day.h"
#include "services/serve/search/entry_text.h"
#include "services/serve/search/positions.h"
#include "services/serve/search/terms.h"

namespace paperwire::serve::search {
namespace {

// Of one field, more words are not indexed: no paper has them.
constexpr uint32_t kLongestField = 20000;

}  // namespace

SegmentBuilder::SegmentBuilder() {
  for (const std::string_view word : StopWords()) numbers_.emplace(word, kStopWord);
}

uint32_t SegmentBuilder::NumberOf(std::string_view term, bool name) {
  auto* numbers = &numbers_;
  auto found = numbers_.find(term);
  if (found != numbers_.end() && found->second == kStopWord && name) {
    numbers = &name_numbers_;
    found = name_numbers_.find(term);
  }
  if (found != numbers->end()) return found->second;
  auto* bytes = static_cast<char*>(term_bytes_.allocate(term.size(), 1));
  term.copy(bytes, term.size());
  const auto number = static_cast<uint32_t>(terms_.size());
  terms_.emplace_back(bytes, term.size());
  numbers->emplace(terms_.back(), number);
  return number;
}

void SegmentBuilder::AddText(const ServedEntry& entry, DocId doc) {
  const EntryText text(entry);
  FieldStarts starts = {};
  std::array<uint32_t, kGroups> lengths = {};
  uint32_t next = 0;
  for (size_t field = 0; field < kFields; ++field) {
    starts[field] = next;
    const auto group = static_cast<uint8_t>(kGroupOf[field]);
    const bool names = kGroupOf[field] == Group::kAuthors;
    for (const std::string_view value : text.of(static_cast<Field>(field))) {
      if (next - starts[field] > kLongestField) break;
      const uint32_t positions = EachTerm(value, [&](std::string_view term, uint32_t position) {
        if (position >= kLongestField) return;
        const uint32_t number = NumberOf(term, names);
        if (number == kStopWord) return;
        occurrences_.push_back(
            {.term = number, .position = next + position, .doc = doc, .group = group});
        ++lengths[group];
      });
      next += std::min(positions, kLongestField) + kValueGap;
    }
  }
  starts[kFields] = next;
  segment_->starts_.push_back(starts);
  Lengths rounded = {};
  std::transform(lengths.begin(), lengths.end(), rounded.begin(), RoundedLength);
  segment_->lengths_.push_back(rounded);
}

void SegmentBuilder::Add(const EntryPtr& entry) {
  const auto doc = static_cast<DocId>(segment_->size());
  segment_->entries_.push_back(entry);
  segment_->id_bytes_ += entry->arxiv_id();
  segment_->id_ends_.push_back(static_cast<uint32_t>(segment_->id_bytes_.size()));
  segment_->days_.push_back(DayOf(entry->announced()));
  const auto add_fact = [&](const std::string& term) {
    occurrences_.push_back(
        {.term = NumberOf(term, false), .position = 0, .doc = doc, .group = kGroups});
  };
  add_fact(IdTerm(entry->arxiv_id()));
  for (const std::string_view category : entry->values(Facet::kCategory)) {
    add_fact(CategoryTerm(category));
  }
  for (const std::string_view slug : entry->values(Facet::kTag)) add_fact(TagTerm(slug));
  AddText(*entry, doc);
}

std::shared_ptr<const Segment> SegmentBuilder::Build() {
  Segment& segment = *segment_;
  // By the alphabet: number in order of appearance → place.
  std::vector<uint32_t> order(terms_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [this](uint32_t a, uint32_t b) { return terms_[a] < terms_[b]; });
  std::vector<uint32_t> places(order.size());
  for (uint32_t place = 0; place < order.size(); ++place) {
    places[order[place]] = place;
    segment.term_bytes_ += terms_[order[place]];
    segment.term_ends_.push_back(static_cast<uint32_t>(segment.term_bytes_.size()));
  }

  // Sorted by term in one pass over the counts; within a term they stay in order.
  std::vector<uint32_t> ends(order.size() + 1);
  for (const Occurrence& occurrence : occurrences_) ++ends[places[occurrence.term] + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Occurrence> sorted(occurrences_.size());
  for (const Occurrence& occurrence : occurrences_) {
    sorted[ends[places[occurrence.term]]++] = occurrence;
  }

  size_t at = 0;
  for (uint32_t place = 0; place < order.size(); ++place) {
    while (at < ends[place]) {
      const DocId doc = sorted[at].doc;
      Counts counts;
      PositionWriter positions(segment.position_bytes_);
      for (; at < ends[place] && sorted[at].doc == doc; ++at) {
        if (sorted[at].group == kGroups) continue;
        counts.Add(sorted[at].group);
        positions.Write(sorted[at].position);
      }
      segment.docs_.push_back(doc);
      segment.counts_.push_back(counts.packed());
      segment.position_ends_.push_back(static_cast<uint32_t>(segment.position_bytes_.size()));
    }
    segment.posting_ends_.push_back(static_cast<uint32_t>(segment.docs_.size()));
  }
  segment.Seal();
  return segment_;
}

}  // namespace paperwire::serve::search
