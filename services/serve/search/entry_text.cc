#include "services/serve/search/entry_text.h"

#include <cstdint>
#include <limits>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace paperwire::serve::search {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr size_t kUsualValues = 32;

// Calls `take` with the number and bytes of each field that has a length.
template <typename Take>
void EachField(std::string_view bytes, const Take& take) {
  if (bytes.size() > std::numeric_limits<int>::max()) return;
  CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
  for (uint32_t tag = stream.ReadTag(); tag != 0; tag = stream.ReadTag()) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&stream, tag)) return;
      continue;
    }
    uint32_t length = 0;
    if (!stream.ReadVarint32(&length)) return;
    const auto begin = static_cast<size_t>(stream.CurrentPosition());
    if (length > bytes.size() - begin) return;
    take(WireFormatLite::GetTagFieldNumber(tag), bytes.substr(begin, length));
    if (!stream.Skip(static_cast<int>(length))) return;
  }
}

}  // namespace

void EntryText::Add(Field field, std::string_view value) {
  if (value.empty()) return;
  Range& range = ranges_[static_cast<size_t>(field)];
  if (range.count == 0) {
    if (values_.empty()) values_.reserve(kUsualValues);
    range.begin = values_.size();
  }
  if (range.begin + range.count != values_.size()) return;
  values_.push_back(value);
  ++range.count;
}

EntryText::EntryText(const ServedEntry& entry) {
  ReadPaper(entry.paper_bytes());
  Add(Field::kAbstract, entry.abstract());
  ReadSummary(entry.summary_bytes());
}

void EntryText::ReadPaper(std::string_view bytes) {
  EachField(bytes, [&](int number, std::string_view value) {
    switch (number) {
      case v1::Paper::kTitleFieldNumber:
        return Add(Field::kTitle, value);
      case v1::Paper::kAuthorsFieldNumber:
        return EachField(value, [&](int part, std::string_view name) {
          if (part == v1::Author::kNameFieldNumber) Add(Field::kAuthors, name);
        });
      default:
        return;
    }
  });
}

void EntryText::ReadSummary(std::string_view bytes) {
  EachField(bytes, [&](int number, std::string_view value) {
    switch (number) {
      case v1::Summary::kTldrFieldNumber:
        return Add(Field::kTldr, value);
      case v1::Summary::kHighlightsFieldNumber:
        return Add(Field::kHighlights, value);
      case v1::Summary::kSummaryFieldNumber:
        return Add(Field::kSummary, value);
      case v1::Summary::kMethodologyFieldNumber:
        return Add(Field::kMethodology, value);
      case v1::Summary::kResultsFieldNumber:
        return Add(Field::kResults, value);
      case v1::Summary::kImplicationsFieldNumber:
        return Add(Field::kImplications, value);
      case v1::Summary::kKeywordsFieldNumber:
        return Add(Field::kKeywords, value);
      default:
        return;
    }
  });
}

}  // namespace paperwire::serve::search
