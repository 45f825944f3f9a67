#include "services/serve/entry_range.h"

namespace paperwire::serve {

bool Before(std::string_view announced_a, std::string_view id_a, std::string_view announced_b,
            std::string_view id_b) {
  if (announced_a != announced_b) return announced_a > announced_b;
  return id_a > id_b;
}

bool PostingOrder::operator()(const Posting& a, const Posting& b) const {
  if (a.facet != b.facet) return a.facet < b.facet;
  if (const int order = a.value().compare(b.value()); order != 0) return order < 0;
  return Before(a.entry->announced(), a.entry->arxiv_id(), b.entry->announced(),
                b.entry->arxiv_id());
}

template <typename Predicate>
size_t EntryRange::Cut(const Predicate& before) const {
  size_t begin = begin_;
  for (size_t left = size(); left > 0;) {
    const size_t half = left / 2;
    if (before(*(*tree_)[begin + half].entry)) {
      begin += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return begin;
}

EntryRange EntryRange::After(std::string_view announced, std::string_view arxiv_id) const {
  if (empty()) return {};
  return {*tree_, Cut([&](const ServedEntry& entry) {
            return !Before(announced, arxiv_id, entry.announced(), entry.arxiv_id());
          }),
          end_};
}

EntryRange EntryRange::Between(std::string_view from, std::string_view to) const {
  if (empty()) return {};
  const size_t begin =
      to.empty() ? begin_ : Cut([&](const ServedEntry& entry) { return entry.announced() > to; });
  const size_t end = from.empty()
                         ? end_
                         : Cut([&](const ServedEntry& entry) { return entry.announced() >= from; });
  return {*tree_, begin, end};
}

}  // namespace paperwire::serve
