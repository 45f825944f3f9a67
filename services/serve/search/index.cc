#include "services/serve/search/index.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/serve/search/segment_builder.h"

namespace paperwire::serve::search {
namespace {

// Papers that one builder takes; what is more is merged.
constexpr size_t kBatch = 4096;
// A segment of which one in kDeadShare is dead is written anew.
constexpr size_t kDeadShare = 4;

}  // namespace

std::shared_ptr<const Index> Index::Empty() {
  static const std::shared_ptr<const Index> kEmpty = [] {
    const std::shared_ptr<Index> made(new Index());
    made->WeighLengths();
    return made;
  }();
  return kEmpty;
}

std::optional<Index::Place> Index::Find(std::string_view arxiv_id) const {
  // The youngest first: there is most of what changes.
  for (size_t part = parts_.size(); part-- > 0;) {
    const auto doc = parts_[part].segment->FindId(arxiv_id);
    if (doc && !IsDead(parts_[part].dead.get(), *doc)) {
      return Place{.part = static_cast<uint32_t>(part), .doc = *doc};
    }
  }
  return std::nullopt;
}

void Index::Count(const Segment& segment, DocId doc, int sign) {
  live_ += sign;
  for (size_t group = 0; group < kGroups; ++group) {
    words_[group] += sign * static_cast<int64_t>(LengthOf(segment.lengths(doc)[group]));
  }
}

void Index::Kill(std::string_view arxiv_id, std::vector<std::shared_ptr<DeadBits>>& own) {
  const std::optional<Place> place = Find(arxiv_id);
  if (!place) return;
  Part& part = parts_[place->part];
  std::shared_ptr<DeadBits>& bits = own[place->part];
  if (bits == nullptr) {
    bits = part.dead != nullptr ? std::make_shared<DeadBits>(*part.dead)
                                : std::make_shared<DeadBits>(part.segment->size() / 64 + 1);
    part.dead = bits;
  }
  (*bits)[place->doc / 64] |= uint64_t{1} << (place->doc % 64);
  ++part.dead_count;
  Count(*part.segment, place->doc, -1);
}

std::shared_ptr<const Index> Index::After(std::span<const EntryPtr> changed,
                                          std::span<const std::string> removed) const {
  const std::shared_ptr<Index> next(new Index());
  next->parts_ = parts_;
  next->live_ = live_;
  next->words_ = words_;

  absl::flat_hash_map<std::string_view, size_t> last;
  last.reserve(changed.size());
  for (size_t i = 0; i < changed.size(); ++i) last.insert_or_assign(changed[i]->arxiv_id(), i);
  std::vector<std::shared_ptr<DeadBits>> own(parts_.size());
  for (const std::string& id : removed) next->Kill(id, own);
  for (const auto& [id, unused] : last) next->Kill(id, own);

  std::unique_ptr<SegmentBuilder> builder;
  const auto add_part = [&] {
    Part part = {.segment = builder->Build(), .dead = nullptr, .dead_count = 0};
    for (size_t doc = 0; doc < part.segment->size(); ++doc) {
      next->Count(*part.segment, static_cast<DocId>(doc), 1);
    }
    next->parts_.push_back(std::move(part));
    builder.reset();
  };
  for (size_t i = 0; i < changed.size(); ++i) {
    if (last.at(changed[i]->arxiv_id()) != i) continue;
    if (builder == nullptr) builder = std::make_unique<SegmentBuilder>();
    builder->Add(changed[i]);
    if (builder->size() == kBatch) add_part();
  }
  if (builder != nullptr) add_part();
  next->Tidy();
  next->WeighLengths();
  return next;
}

void Index::Tidy() {
  std::erase_if(parts_, [](const Part& part) { return part.live() == 0; });
  const auto merge = [this](size_t begin, size_t end) {
    std::vector<SegmentMerger::Source> sources;
    for (size_t i = begin; i < end; ++i) {
      sources.push_back({.segment = parts_[i].segment.get(), .dead = parts_[i].dead.get()});
    }
    parts_[begin] = {.segment = SegmentMerger::Merge(sources), .dead = nullptr, .dead_count = 0};
    parts_.erase(parts_.begin() + static_cast<ptrdiff_t>(begin) + 1,
                 parts_.begin() + static_cast<ptrdiff_t>(end));
  };
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].dead_count * kDeadShare > parts_[i].segment->size()) merge(i, i + 1);
  }
  // From the youngest on, as long as the next one is not twice as large as all before it: each
  // paper is then written anew a number of times that grows with the logarithm only.
  for (size_t end = parts_.size(); end > 1; --end) {
    size_t begin = end - 1;
    size_t papers = parts_[begin].live();
    while (begin > 0 && parts_[begin - 1].live() < 2 * papers &&
           parts_[begin - 1].live() + papers <= kLargestSegment) {
      papers += parts_[--begin].live();
    }
    if (begin + 1 < end) {
      merge(begin, end);
      end = begin + 1;
    }
  }
}

void Index::WeighLengths() {
  for (size_t group = 0; group < kGroups; ++group) {
    const float mean =
        live_ == 0 ? 0.0F : static_cast<float>(words_[group]) / static_cast<float>(live_);
    for (size_t length = 0; length < 256; ++length) {
      const float share =
          mean > 0 ? static_cast<float>(LengthOf(static_cast<uint8_t>(length))) / mean : 1.0F;
      weights_[group][length] =
          kWeights[group] / (1 - kLengthShare[group] + kLengthShare[group] * share);
    }
  }
}

size_t Index::bytes() const {
  size_t bytes = sizeof(*this) + parts_.capacity() * sizeof(Part);
  for (const Part& part : parts_) {
    bytes += part.segment->bytes();
    if (part.dead != nullptr) bytes += part.dead->size() * sizeof(uint64_t);
  }
  return bytes;
}

}  // namespace paperwire::serve::search
