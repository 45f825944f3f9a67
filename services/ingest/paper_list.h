#pragma once

#include <cstddef>
#include <memory>

#include "google/protobuf/arena.h"
#include "google/protobuf/repeated_field.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::ingest {

// The papers of one answer, in memory of their own: made one after the other and given back all at
// once, which takes a third of the time that each on its own would. A paper moved out of the list
// is copied. References stay good until the list ends. Not thread-safe.
class PaperList {
 public:
  using iterator = google::protobuf::RepeatedPtrField<v1::Paper>::iterator;
  using const_iterator = google::protobuf::RepeatedPtrField<v1::Paper>::const_iterator;

  PaperList() = default;
  PaperList(const PaperList& other);
  PaperList& operator=(const PaperList& other);
  PaperList(PaperList&&) = default;
  PaperList& operator=(PaperList&&) = default;

  // An empty paper at the end.
  v1::Paper& emplace_back() { return *Papers().Add(); }
  void reserve(size_t count) { Papers().Reserve(static_cast<int>(count)); }
  void Swap(size_t a, size_t b) { Papers().SwapElements(static_cast<int>(a), static_cast<int>(b)); }
  // Leaves the first `count`, at most as many as there are.
  void Truncate(size_t count) {
    const int first = static_cast<int>(count);
    if (store_ != nullptr) Papers().DeleteSubrange(first, Papers().size() - first);
  }
  void clear() { Truncate(0); }

  bool empty() const { return size() == 0; }
  size_t size() const { return store_ == nullptr ? 0 : static_cast<size_t>(store_->papers.size()); }
  v1::Paper& operator[](size_t place) { return store_->papers[static_cast<int>(place)]; }
  const v1::Paper& operator[](size_t place) const {
    return store_->papers[static_cast<int>(place)];
  }

  const v1::Paper& front() const { return (*this)[0]; }
  const v1::Paper& back() const { return (*this)[size() - 1]; }

  iterator begin() { return Papers().begin(); }
  iterator end() { return Papers().end(); }
  const_iterator begin() const {
    return store_ == nullptr ? const_iterator() : store_->papers.cbegin();
  }
  const_iterator end() const {
    return store_ == nullptr ? const_iterator() : store_->papers.cend();
  }

 private:
  struct Store {
    Store();

    google::protobuf::Arena arena;
    google::protobuf::RepeatedPtrField<v1::Paper> papers;
  };

  google::protobuf::RepeatedPtrField<v1::Paper>& Papers();

  // Null before the first.
  std::unique_ptr<Store> store_;
};

}  // namespace paperwire::ingest
