#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace paperwire::serve {

// A sorted set with ranks, as a B+-tree whose nodes are shared by its copies: a copy costs nothing,
// and a change to one copies the nodes on its way that others see too, and no more. Insert, Erase,
// rank and select take O(log n).
//
// `Less` orders items strictly, and items with whatever keys Erase is given. Items are to be small:
// they are copied with their nodes. A value: copies are independent of each other, whatever threads
// they are used and freed in; one object is thread-safe as long as nobody changes it.
template <typename Item, typename Less>
class PersistentTree {
  static constexpr size_t kMost = 32;
  static constexpr size_t kLeast = kMost / 4;

  struct Node;
  struct Leaf;

  // Counts its references inside the node.
  class Ref {
   public:
    Ref() = default;
    // Takes over the one reference that a new node is born with.
    explicit Ref(Node* born) : node_(born) {}
    Ref(const Ref& other) : node_(other.node_) {
      if (node_ != nullptr) node_->refs.fetch_add(1, std::memory_order_relaxed);
    }
    Ref(Ref&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    Ref& operator=(Ref other) noexcept {
      std::swap(node_, other.node_);
      return *this;
    }
    ~Ref() {
      if (node_ == nullptr || node_->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
      if (node_->leaf) {
        delete static_cast<Leaf*>(node_);
      } else {
        delete static_cast<Inner*>(node_);
      }
    }
    explicit operator bool() const { return node_ != nullptr; }
    Node* get() const { return node_; }
    Node* operator->() const { return node_; }

   private:
    Node* node_ = nullptr;
  };

  struct Node {
    explicit Node(bool is_leaf) : leaf(is_leaf) {}
    std::atomic<uint32_t> refs{1};
    const bool leaf;
    // Of items, or of children.
    uint16_t count = 0;
  };
  struct Leaf : Node {
    Leaf() : Node(true) {}
    std::array<Item, kMost> items{};
  };
  struct Inner : Node {
    Inner() : Node(false) {}
    // The first item below each child, and how many there are.
    std::array<Item, kMost> firsts{};
    std::array<size_t, kMost> sizes{};
    std::array<Ref, kMost> children{};
  };

 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using pointer = const Item*;
    using reference = const Item&;

    Iterator() = default;
    reference operator*() const { return leaf_->items[at_]; }
    pointer operator->() const { return &leaf_->items[at_]; }
    Iterator& operator++() {
      ++rank_;
      if (++at_ == leaf_->count) Seek();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    // Of one tree.
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.rank_ == b.rank_; }
    size_t rank() const { return rank_; }

   private:
    friend class PersistentTree;
    Iterator(const PersistentTree& tree, size_t rank) : tree_(&tree), rank_(rank) { Seek(); }
    void Seek() {
      if (rank_ >= tree_->size_) return;
      size_t left = rank_;
      const Node* node = tree_->root_.get();
      while (!node->leaf) {
        const auto& inner = static_cast<const Inner&>(*node);
        size_t child = 0;
        while (left >= inner.sizes[child]) left -= inner.sizes[child++];
        node = inner.children[child].get();
      }
      leaf_ = static_cast<const Leaf*>(node);
      at_ = left;
    }

    const PersistentTree* tree_ = nullptr;
    size_t rank_ = 0;
    const Leaf* leaf_ = nullptr;
    size_t at_ = 0;
  };

  PersistentTree() = default;
  // Of items in order, none twice.
  explicit PersistentTree(std::span<const Item> sorted) : size_(sorted.size()) {
    // A little room is left for what is inserted next.
    constexpr size_t kFill = kMost - kMost / 8;
    std::vector<Child> level;
    for (size_t begin = 0; begin < sorted.size(); begin += kFill) {
      auto* leaf = new Leaf();
      const auto part = sorted.subspan(begin, std::min(kFill, sorted.size() - begin));
      std::copy(part.begin(), part.end(), leaf->items.begin());
      leaf->count = static_cast<uint16_t>(part.size());
      level.push_back({Ref(leaf), part.front(), part.size()});
    }
    while (level.size() > 1) {
      std::vector<Child> above;
      for (size_t begin = 0; begin < level.size(); begin += kFill) {
        auto* inner = new Inner();
        Child made{Ref(inner), level[begin].first, 0};
        for (size_t i = begin; i < std::min(level.size(), begin + kFill); ++i) {
          made.size += level[i].size;
          Put(*inner, inner->count, std::move(level[i]));
        }
        above.push_back(std::move(made));
      }
      level = std::move(above);
    }
    if (!level.empty()) root_ = std::move(level.front().node);
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Item& operator[](size_t rank) const { return *At(rank); }
  // References and iterators are good until the tree is changed, assigned to or destroyed.
  Iterator At(size_t rank) const { return Iterator(*this, rank); }
  Iterator begin() const { return At(0); }
  Iterator end() const { return At(size_); }

  // How many items stand before the first that `before` is false for; it must be true for a first
  // stretch of the items only.
  template <typename Predicate>
  size_t CountWhile(const Predicate& before) const {
    size_t count = 0;
    const Node* node = root_.get();
    while (node != nullptr && !node->leaf) {
      const auto& inner = static_cast<const Inner&>(*node);
      const auto begin = inner.firsts.begin();
      const auto found = std::partition_point(begin, begin + inner.count, before);
      if (found == begin) return count;
      const auto child = static_cast<size_t>(found - begin) - 1;
      for (size_t i = 0; i < child; ++i) count += inner.sizes[i];
      node = inner.children[child].get();
    }
    if (node == nullptr) return 0;
    const auto& leaf = static_cast<const Leaf&>(*node);
    const auto begin = leaf.items.begin();
    return count +
           static_cast<size_t>(std::partition_point(begin, begin + leaf.count, before) - begin);
  }

  // Null: there is none that is equal to `key`.
  template <typename Key>
  const Item* Find(const Key& key) const {
    const Iterator found = At(CountWhile([&](const Item& item) { return less_(item, key); }));
    return found.rank() == size_ || less_(key, *found) ? nullptr : &*found;
  }

  // Takes the place of an equal item, if there is one. True: there was none.
  bool Insert(Item item) {
    if (!root_) root_ = Ref(new Leaf());
    bool added = false;
    Child right = InsertBelow(root_, std::move(item), added);
    size_ += added ? 1 : 0;
    if (right.node) {
      auto* inner = new Inner();
      Child left{std::move(root_), Item(), size_ - right.size};
      left.first = FirstOf(*left.node.get());
      Put(*inner, 0, std::move(left));
      Put(*inner, 1, std::move(right));
      root_ = Ref(inner);
    }
    return added;
  }

  // True: there was one that is equal to `key`.
  template <typename Key>
  bool Erase(const Key& key) {
    if (Find(key) == nullptr) return false;
    EraseBelow(root_, key);
    --size_;
    while (root_ && !root_->leaf && root_->count == 1) {
      root_ = Ref(static_cast<Inner&>(*root_.get()).children[0]);
    }
    if (size_ == 0) root_ = Ref();
    return true;
  }

 private:
  struct Child {
    Ref node;
    Item first{};
    size_t size = 0;
  };

  static const Item& FirstOf(const Leaf& leaf) { return leaf.items[0]; }
  static const Item& FirstOf(const Inner& inner) { return inner.firsts[0]; }
  static const Item& FirstOf(const Node& node) {
    return node.leaf ? FirstOf(static_cast<const Leaf&>(node))
                     : FirstOf(static_cast<const Inner&>(node));
  }
  static size_t SizeOf(const Leaf& leaf) { return leaf.count; }
  static size_t SizeOf(const Inner& inner) {
    size_t size = 0;
    for (size_t i = 0; i < inner.count; ++i) size += inner.sizes[i];
    return size;
  }
  static size_t SizeOf(const Node& node) {
    return node.leaf ? SizeOf(static_cast<const Leaf&>(node))
                     : SizeOf(static_cast<const Inner&>(node));
  }

  // The node as one that nobody else sees.
  template <typename Kind>
  static Kind& Own(Ref& ref) {
    // Acquire: whoever let go of it last has read its last.
    if (ref->refs.load(std::memory_order_acquire) != 1) {
      const auto& seen = static_cast<const Kind&>(*ref.get());
      auto* own = new Kind();
      own->count = seen.count;
      Copy(seen, *own);
      ref = Ref(own);
    }
    return static_cast<Kind&>(*ref.get());
  }
  static void Copy(const Leaf& from, Leaf& to) {
    std::copy_n(from.items.begin(), from.count, to.items.begin());
  }
  static void Copy(const Inner& from, Inner& to) {
    std::copy_n(from.firsts.begin(), from.count, to.firsts.begin());
    std::copy_n(from.sizes.begin(), from.count, to.sizes.begin());
    std::copy_n(from.children.begin(), from.count, to.children.begin());
  }

  template <typename Values>
  static void OpenGap(Values& values, size_t at, size_t count) {
    std::move_backward(values.begin() + at, values.begin() + count, values.begin() + count + 1);
  }
  template <typename Values>
  static void CloseGap(Values& values, size_t at, size_t count) {
    std::move(values.begin() + at + 1, values.begin() + count, values.begin() + at);
    values[count - 1] = {};
  }
  static void Put(Leaf& leaf, size_t at, Item item) {
    OpenGap(leaf.items, at, leaf.count++);
    leaf.items[at] = std::move(item);
  }
  static void Put(Inner& inner, size_t at, Child child) {
    OpenGap(inner.firsts, at, inner.count);
    OpenGap(inner.sizes, at, inner.count);
    OpenGap(inner.children, at, inner.count++);
    inner.firsts[at] = std::move(child.first);
    inner.sizes[at] = child.size;
    inner.children[at] = std::move(child.node);
  }
  static Child Take(Inner& inner, size_t at) {
    Child child{std::move(inner.children[at]), std::move(inner.firsts[at]), inner.sizes[at]};
    CloseGap(inner.firsts, at, inner.count);
    CloseGap(inner.sizes, at, inner.count);
    CloseGap(inner.children, at, inner.count--);
    return child;
  }
  static Item Take(Leaf& leaf, size_t at) {
    Item item = std::move(leaf.items[at]);
    CloseGap(leaf.items, at, leaf.count--);
    return item;
  }

  // Moves what stands at `from` and after it to the end of `to`.
  template <typename Kind>
  static void MoveTail(Kind& node, size_t from, Kind& to) {
    const size_t count = node.count - from;
    const auto move = [&](auto& source, auto& target) {
      std::move(source.begin() + from, source.begin() + node.count, target.begin() + to.count);
      std::fill(source.begin() + from, source.begin() + node.count,
                typename std::remove_reference_t<decltype(source)>::value_type());
    };
    if constexpr (std::is_same_v<Kind, Leaf>) {
      move(node.items, to.items);
    } else {
      move(node.firsts, to.firsts);
      move(node.sizes, to.sizes);
      move(node.children, to.children);
    }
    to.count = static_cast<uint16_t>(to.count + count);
    node.count = static_cast<uint16_t>(from);
  }

  // Cuts a full node in two; null node: it is not full.
  template <typename Kind>
  static Child SplitIfFull(Kind& node) {
    if (node.count < kMost) return {};
    auto* right = new Kind();
    MoveTail(node, kMost / 2, *right);
    return {Ref(right), FirstOf(*right), SizeOf(*right)};
  }

  // Returns what stands to the right of `ref` from now on, if it had to be cut in two.
  Child InsertBelow(Ref& ref, Item item, bool& added) {
    if (ref->leaf) {
      auto& leaf = Own<Leaf>(ref);
      const auto begin = leaf.items.begin();
      auto at = std::lower_bound(begin, begin + leaf.count, item, less_) - begin;
      if (at < leaf.count && !less_(item, leaf.items[static_cast<size_t>(at)])) {
        leaf.items[static_cast<size_t>(at)] = std::move(item);
        return {};
      }
      added = true;
      Child right = SplitIfFull(leaf);
      auto* target = &leaf;
      if (right.node && static_cast<size_t>(at) > leaf.count) {
        at -= leaf.count;
        target = static_cast<Leaf*>(right.node.get());
        ++right.size;
      }
      Put(*target, static_cast<size_t>(at), std::move(item));
      return right;
    }
    auto& inner = Own<Inner>(ref);
    const auto begin = inner.firsts.begin();
    const auto after = std::upper_bound(begin, begin + inner.count, item, less_) - begin;
    const size_t at = after == 0 ? 0 : static_cast<size_t>(after) - 1;
    Child child = InsertBelow(inner.children[at], std::move(item), added);
    inner.firsts[at] = FirstOf(*inner.children[at].get());
    inner.sizes[at] += added ? 1 : 0;
    inner.sizes[at] -= child.size;
    if (!child.node) return {};
    Child right = SplitIfFull(inner);
    if (right.node && at + 1 > inner.count) {
      right.size += child.size;
      Put(static_cast<Inner&>(*right.node.get()), at + 1 - inner.count, std::move(child));
    } else {
      Put(inner, at + 1, std::move(child));
    }
    return right;
  }

  template <typename Key>
  void EraseBelow(Ref& ref, const Key& key) {
    if (ref->leaf) {
      auto& leaf = Own<Leaf>(ref);
      const auto begin = leaf.items.begin();
      const auto at = std::partition_point(begin, begin + leaf.count,
                                           [&](const Item& item) { return less_(item, key); });
      Take(leaf, static_cast<size_t>(at - begin));
      return;
    }
    auto& inner = Own<Inner>(ref);
    const auto begin = inner.firsts.begin();
    const auto after = std::partition_point(begin, begin + inner.count,
                                            [&](const Item& item) { return !less_(key, item); });
    const auto at = static_cast<size_t>(after - begin) - 1;
    EraseBelow(inner.children[at], key);
    --inner.sizes[at];
    if (inner.sizes[at] == 0) {
      Take(inner, at);
      return;
    }
    inner.firsts[at] = FirstOf(*inner.children[at].get());
    if (inner.children[at]->count < kLeast && inner.count > 1) {
      const size_t left = at == 0 ? 0 : at - 1;
      if (inner.children[left]->leaf) {
        Level<Leaf>(inner, left);
      } else {
        Level<Inner>(inner, left);
      }
    }
  }

  // Makes one of two neighbours that have room for it; otherwise both get half.
  template <typename Kind>
  static void Level(Inner& inner, size_t left) {
    auto& a = Own<Kind>(inner.children[left]);
    auto& b = Own<Kind>(inner.children[left + 1]);
    const size_t both = size_t{a.count} + b.count;
    if (both <= kMost) {
      MoveTail(b, 0, a);
      inner.sizes[left] += inner.sizes[left + 1];
      Take(inner, left + 1);
      return;
    }
    Kind spare;
    MoveTail(b, 0, spare);
    if (a.count > both / 2) {
      MoveTail(a, both / 2, b);
      MoveTail(spare, 0, b);
    } else {
      Kind rest;
      MoveTail(spare, both / 2 - a.count, rest);
      MoveTail(spare, 0, a);
      MoveTail(rest, 0, b);
    }
    for (const size_t child : {left, left + 1}) {
      inner.sizes[child] = SizeOf(*inner.children[child].get());
      inner.firsts[child] = FirstOf(*inner.children[child].get());
    }
  }

  Ref root_;
  size_t size_ = 0;
  [[no_unique_address]] Less less_{};
};

}  // namespace paperwire::serve
