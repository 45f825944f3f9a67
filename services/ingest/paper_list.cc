#include "services/ingest/paper_list.h"

namespace paperwire::ingest {
namespace {

google::protobuf::ArenaOptions Blocks() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 16 << 10;
  options.max_block_size = 256 << 10;
  return options;
}

}  // namespace

PaperList::Store::Store() : arena(Blocks()), papers(&arena) {}

PaperList::PaperList(const PaperList& other) { *this = other; }

PaperList& PaperList::operator=(const PaperList& other) {
  if (this == &other) return *this;
  store_.reset();
  if (!other.empty()) Papers() = other.store_->papers;
  return *this;
}

google::protobuf::RepeatedPtrField<v1::Paper>& PaperList::Papers() {
  if (store_ == nullptr) store_ = std::make_unique<Store>();
  return store_->papers;
}

}  // namespace paperwire::ingest
