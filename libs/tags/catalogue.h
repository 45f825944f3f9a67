#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/tags/precision.h"

namespace paperwire::tags {

// One tag that is given today. The slug is its identity; the name may change.
struct TagInfo {
  std::string slug;
  std::string name;
  // What belongs under it, and what does not; a line each, for people.
  std::string meaning;
  std::string excludes;
  // What readers call it ("LLM"); compared whatever the case and the hyphens.
  std::vector<std::string> synonyms;
  // arXiv categories in which it is at home.
  std::vector<std::string> categories;
  // Slugs that are no longer given, and stand for this one.
  std::vector<std::string> former_slugs;
  Precision precision;
};

// A slug that is no longer given. Entries, addresses and filters may hold it for ever.
struct RetiredTag {
  std::string slug;
  // The name that it had last.
  std::string name;
  // The slug that stands for it now, retired or not; empty: none does.
  std::string successor;
};

// The closed list of tags, and what became of older ones. Constant after construction, thread-safe.
class TagCatalogue {
 public:
  // What a slug stands for today. Views into the catalogue, or into what was asked.
  struct Standing {
    // The slug under which it is shown and found.
    std::string_view slug;
    // Empty: the catalogue has never heard of it (a later version may have given it).
    std::string_view name;
    // Null: it is retired without a successor, or not known.
    const TagInfo* tag = nullptr;
  };

  // From the text of catalogue.json and, where there is one, of measured.json (README.md has both
  // forms). InvalidArgument: one line that says what is wrong and where.
  static absl::StatusOr<TagCatalogue> Parse(std::string_view catalogue,
                                            std::string_view measured = {});

  // The tags in their order; metrics and the classifier's weights go by the index.
  std::span<const TagInfo> tags() const { return tags_; }
  const TagInfo* data() const { return tags_.data(); }
  const TagInfo* begin() const { return tags_.data(); }
  const TagInfo* end() const { return tags_.data() + tags_.size(); }
  size_t size() const { return tags_.size(); }
  const TagInfo& operator[](size_t index) const { return tags_[index]; }
  std::span<const RetiredTag> retired() const { return retired_; }

  // The tag of exactly that slug; null: none is given under it today. Allocates nothing.
  const TagInfo* Find(std::string_view slug) const;
  // What a stored slug stands for; one that is not known stands for itself. Allocates nothing.
  Standing Resolve(std::string_view slug) const;
  // What a reader means: a slug, a retired one, a name or a synonym, whatever the case and the
  // hyphens; at most 80 bytes. InvalidArgument, valid UTF-8 and short: "unknown tag 'vison'; did
  // you mean 'computer-vision'?".
  absl::StatusOr<Standing> Read(std::string_view words) const;

  // The model whose tags were measured, and the papers it was measured on; empty and 0: none yet.
  const std::string& measured_model() const { return measured_model_; }
  uint32_t measured_papers() const { return measured_papers_; }

 private:
  TagCatalogue() = default;

  absl::Status Index();
  absl::Status CheckRetired() const;
  absl::Status AddMeasured(std::string_view text);
  absl::Status AddWords(std::string_view words, std::string_view slug);
  const RetiredTag* FindRetired(std::string_view slug) const;
  // The current slug nearest to `folded`; empty: none is near.
  std::string_view Nearest(std::string_view folded) const;

  std::vector<TagInfo> tags_;
  std::vector<RetiredTag> retired_;
  // Everything that Read understands, folded, with a slug; sorted.
  std::vector<std::pair<std::string, std::string>> words_;
  std::string measured_model_;
  uint32_t measured_papers_ = 0;
};

// The catalogue that is compiled in, parsed at the first call. If it is broken the program ends
// with one line: what every card is filed under must not be guessed.
const TagCatalogue& Catalogue();

// Catalogue().Find.
const TagInfo* FindBySlug(std::string_view slug);

// Parse, but ends the program where that fails.
TagCatalogue ParseOrEnd(std::string_view catalogue, std::string_view measured);

}  // namespace paperwire::tags
