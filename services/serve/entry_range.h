#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "services/serve/persistent_tree.h"
#include "services/serve/served_entry.h"

namespace paperwire::serve {

// The order of entries: newest announcement date first, then by id, descending.
bool Before(std::string_view announced_a, std::string_view id_a, std::string_view announced_b,
            std::string_view id_b);

// The order of postings: by facet, then by value, then as entries.
struct PostingOrder {
  bool operator()(const Posting& a, const Posting& b) const;
};
using PostingTree = PersistentTree<Posting, PostingOrder>;

// The entries of a snapshot that share one value of a facet, in the order of entries, or a stretch
// of them; as good as the snapshot lives. Size and select take O(log n), a step O(1) on average.
class EntryRange {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ServedEntry;
    using difference_type = std::ptrdiff_t;
    using pointer = const ServedEntry*;
    using reference = const ServedEntry&;

    Iterator() = default;
    explicit Iterator(PostingTree::Iterator at) : at_(at) {}
    reference operator*() const { return *at_->entry; }
    pointer operator->() const { return at_->entry; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(at_++); }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    PostingTree::Iterator at_;
  };

  EntryRange() = default;
  EntryRange(const PostingTree& tree, size_t begin, size_t end)
      : tree_(&tree), begin_(begin), end_(std::max(begin, end)) {}

  Iterator begin() const { return tree_ == nullptr ? Iterator() : Iterator(tree_->At(begin_)); }
  Iterator end() const { return tree_ == nullptr ? Iterator() : Iterator(tree_->At(end_)); }
  size_t size() const { return end_ - begin_; }
  bool empty() const { return size() == 0; }
  const ServedEntry& operator[](size_t position) const {
    return *(*tree_)[begin_ + position].entry;
  }
  const ServedEntry& front() const { return (*this)[0]; }

  // Without so many of the first; at most its size.
  EntryRange From(size_t position) const {
    return tree_ == nullptr ? EntryRange() : EntryRange(*tree_, begin_ + position, end_);
  }
  // What stands behind the place of this date and id, whether there is such an entry or not.
  EntryRange After(std::string_view announced, std::string_view arxiv_id) const;
  // Of these, those that were announced from `from` to `to`; empty: however early or late.
  EntryRange Between(std::string_view from, std::string_view to) const;

 private:
  // The first position that `before` is false for.
  template <typename Predicate>
  size_t Cut(const Predicate& before) const;

  const PostingTree* tree_ = nullptr;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace paperwire::serve
