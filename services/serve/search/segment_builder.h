#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/serve/search/segment.h"

namespace paperwire::serve::search {

// Makes one segment of some papers. Not thread-safe.
class SegmentBuilder {
 public:
  SegmentBuilder();

  // No two of one id.
  void Add(const EntryPtr& entry);
  size_t size() const { return segment_->size(); }

  // What was added. Once only, with something added.
  std::shared_ptr<const Segment> Build();

 private:
  static constexpr uint32_t kStopWord = 0xffffffff;

  struct Occurrence {
    uint32_t term;
    uint32_t position;
    DocId doc;
    // kGroups: beside the text.
    uint8_t group;
  };

  // In a name a stop word counts: "Bo An".
  uint32_t NumberOf(std::string_view term, bool name);
  void AddText(const ServedEntry& entry, DocId doc);

  std::shared_ptr<Segment> segment_ = std::make_shared<Segment>();
  std::pmr::monotonic_buffer_resource term_bytes_;
  absl::flat_hash_map<std::string_view, uint32_t> numbers_;
  absl::flat_hash_map<std::string_view, uint32_t> name_numbers_;
  std::vector<std::string_view> terms_;
  std::vector<Occurrence> occurrences_;
};

}  // namespace paperwire::serve::search
