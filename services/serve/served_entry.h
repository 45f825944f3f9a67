#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/window/cursor.h"
#include "paperwire/v1/feed_service.pb.h"
#include "paperwire/v1/paper.pb.h"
#include "services/serve/payload.h"

namespace paperwire::serve {

class ServedEntry;
using EntryPtr = std::shared_ptr<const ServedEntry>;

// What an entry has values of. By all but keywords and models entries are indexed.
enum class Facet : char {
  // All entries have it, once and empty.
  kAny = ' ',
  kAuthor = 'a',
  kCategory = 'c',
  kKeyword = 'k',
  kPrimaryCategory = 'p',
  // See summary_model().
  kSummarizer = 's',
  kTag = 't',
  // See tag_model().
  kTagger = 'm',
};

// That an entry is found under a value of a facet; as good as the entry lives.
struct Posting {
  const ServedEntry* entry = nullptr;
  // Where the value stands in the entry.
  uint32_t begin = 0;
  uint16_t size = 0;
  Facet facet = Facet::kAny;

  std::string_view value() const;
};

// One card as it is served: what readers filter and order by, and its bytes for every answer, made
// once. Immutable, shared by the snapshots that hold it and the answers under way; thread-safe.
class ServedEntry : public std::enable_shared_from_this<ServedEntry> {
 public:
  // `first` and `changed`: the cursors of the paper's first and latest change.
  static EntryPtr Make(const v1::Entry& entry, window::Cursor first = {},
                       window::Cursor changed = {});

  ServedEntry(const ServedEntry&) = delete;
  ServedEntry& operator=(const ServedEntry&) = delete;

  EntryPtr Share() const { return shared_from_this(); }

  const std::string& arxiv_id() const { return arxiv_id_; }
  // "YYYY-MM-DD".
  const std::string& announced() const { return announced_; }
  // As Revision.value.
  uint64_t revision() const { return revision_; }
  const window::Cursor& first() const { return first_; }
  const window::Cursor& changed() const { return changed_; }

  // In the order of the card. Tags as slugs, categories with the primary one first, authors as
  // FoldName has them and keywords as FoldKeyword does. The views live as long as the entry.
  std::vector<std::string_view> values(Facet facet) const;
  // Under what it is found, each once; authors word by word.
  std::vector<Posting> postings() const;
  bool Has(Facet facet, std::string_view value) const;

  bool has_code() const { return has_code_; }
  // When its summary or its tags were made, whichever is later, and when its tags were.
  absl::Time revised() const { return revised_; }
  absl::Time tagged() const { return tagged_; }
  // The card is not what was asked for, and says why.
  bool is_fallback() const { return is_fallback_; }
  // The models that wrote the summary and chose the tags; empty: nothing says.
  std::string_view summary_model() const { return First(Facet::kSummarizer); }
  std::string_view tag_model() const { return First(Facet::kTagger); }

  // The serialized v1::Paper without its abstract, the abstract, and the serialized v1::Summary
  // without its provenance. The views live as long as the entry.
  std::string_view paper_bytes() const { return Bytes(paper_begin_, paper_end_); }
  std::string_view abstract() const { return Bytes(text_begin_, text_end_); }
  std::string_view summary_bytes() const { return Bytes(summary_begin_, summary_end_); }

  // The entry parsed anew.
  v1::Entry Message(v1::EntryView view = v1::ENTRY_VIEW_FULL) const;

  // Appends the entry as field 1 of the message around it, which it is in every answer that carries
  // entries. `view` must be BASIC or FULL.
  void AppendTo(Payload& payload, v1::EntryView view) const;
  // How many bytes that appends.
  size_t FieldSize(v1::EntryView view) const;

 private:
  friend struct Posting;

  ServedEntry() = default;
  void Serialize(const v1::Entry& entry);
  void AddValue(Facet facet, std::string_view value);
  std::string_view First(Facet facet) const;
  template <typename Visit>
  void ForEachValue(const Visit& visit) const;
  std::string_view Bytes(uint32_t begin, uint32_t end) const {
    return std::string_view(bytes_).substr(begin, end - begin);
  }

  std::string arxiv_id_;
  std::string announced_;
  uint64_t revision_ = 0;
  window::Cursor first_{};
  window::Cursor changed_{};
  absl::Time revised_;
  absl::Time tagged_;
  bool has_code_ = false;
  bool is_fallback_ = false;
  // Each as its length in two bytes, its kind in one, and itself.
  std::string values_;
  // BASIC as field 1, then what FULL has besides; FULL is put together from both.
  std::string bytes_;
  uint32_t basic_end_ = 0;
  uint32_t paper_begin_ = 0, paper_end_ = 0;
  uint32_t summary_begin_ = 0, summary_end_ = 0;
  uint32_t rest_begin_ = 0;
  uint32_t head_end_ = 0;
  uint32_t text_begin_ = 0, text_end_ = 0;
  uint32_t abstract_end_ = 0;
};

inline std::string_view Posting::value() const {
  return std::string_view(entry->values_).substr(begin, size);
}

}  // namespace paperwire::serve
