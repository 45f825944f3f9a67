#include "services/serve/search/segment_merger.h"

namespace paperwire::serve::search {

SegmentMerger::Input SegmentMerger::AddDocs(const Source& source, Segment& out) {
  const Segment& from = *source.segment;
  Input input = {.segment = &from, .next = 0, .renumbered = std::vector<DocId>(from.size(), kGone)};
  for (size_t index = 0; index < from.size(); ++index) {
    const auto doc = static_cast<DocId>(index);
    if (IsDead(source.dead, doc)) continue;
    input.renumbered[doc] = static_cast<DocId>(out.size());
    out.entries_.push_back(from.entries_[doc]);
    out.id_bytes_ += from.id(doc);
    out.id_ends_.push_back(static_cast<uint32_t>(out.id_bytes_.size()));
    out.days_.push_back(from.days_[doc]);
    out.lengths_.push_back(from.lengths_[doc]);
    out.starts_.push_back(from.starts_[doc]);
  }
  return input;
}

void SegmentMerger::AddPostings(Input& input, Segment& out) {
  const Segment& from = *input.segment;
  const Segment::Postings postings = from.Of(input.next);
  for (size_t i = 0; i < postings.docs.size(); ++i) {
    const DocId doc = input.renumbered[postings.docs[i]];
    if (doc == kGone) continue;
    const size_t posting = postings.first + i;
    const size_t begin = posting == 0 ? 0 : from.position_ends_[posting - 1];
    out.docs_.push_back(doc);
    out.counts_.push_back(postings.counts[i]);
    out.position_bytes_.append(from.position_bytes_, begin, from.position_ends_[posting] - begin);
    out.position_ends_.push_back(static_cast<uint32_t>(out.position_bytes_.size()));
  }
  ++input.next;
}

std::shared_ptr<const Segment> SegmentMerger::Merge(std::span<const Source> sources) {
  auto out = std::make_shared<Segment>();
  std::vector<Input> inputs;
  inputs.reserve(sources.size());
  size_t postings = 0;
  size_t position_bytes = 0;
  for (const Source& source : sources) {
    inputs.push_back(AddDocs(source, *out));
    postings += source.segment->docs_.size();
    position_bytes += source.segment->position_bytes_.size();
  }
  out->docs_.reserve(postings);
  out->counts_.reserve(postings);
  out->position_ends_.reserve(postings);
  out->position_bytes_.reserve(position_bytes);
  while (true) {
    std::string_view least;
    bool any = false;
    for (const Input& input : inputs) {
      if (input.next == input.segment->terms()) continue;
      const std::string_view term = input.segment->term(input.next);
      if (!any || term < least) least = term;
      any = true;
    }
    if (!any) break;
    const size_t before = out->docs_.size();
    for (Input& input : inputs) {
      if (input.next < input.segment->terms() && input.segment->term(input.next) == least) {
        AddPostings(input, *out);
      }
    }
    if (out->docs_.size() == before) continue;
    out->term_bytes_ += least;
    out->term_ends_.push_back(static_cast<uint32_t>(out->term_bytes_.size()));
    out->posting_ends_.push_back(static_cast<uint32_t>(out->docs_.size()));
  }
  out->Seal();
  return out;
}

}  // namespace paperwire::serve::search
