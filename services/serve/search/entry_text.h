#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/serve/search/fields.h"
#include "services/serve/served_entry.h"

namespace paperwire::serve::search {

// What is searched of an entry, field by field. Views into what it was read from, which must
// outlive it.
class EntryText {
 public:
  // From what the served entry holds serialized, without making a message of it. Views into it.
  explicit EntryText(const ServedEntry& entry);

  // A name each for authors, a line each for highlights; else one value or none.
  std::span<const std::string_view> of(Field field) const {
    const Range& range = ranges_[static_cast<size_t>(field)];
    return std::span(values_).subspan(range.begin, range.count);
  }

 private:
  struct Range {
    size_t begin = 0;
    size_t count = 0;
  };

  // The values of a field come one after another.
  void Add(Field field, std::string_view value);
  void ReadPaper(std::string_view bytes);
  void ReadSummary(std::string_view bytes);

  std::vector<std::string_view> values_;
  std::array<Range, kFields> ranges_;
};

}  // namespace paperwire::serve::search
