#include "libs/tags/catalogue.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "fmt/format.h"
#include "libs/paper/text.h"
#include "libs/tags/spelling.h"

extern "C" {
extern const char kPaperwireTagCatalogue[];
extern const char kPaperwireTagCatalogueEnd[];
extern const char kPaperwireTagsMeasured[];
extern const char kPaperwireTagsMeasuredEnd[];
}

namespace paperwire::tags {
namespace {

constexpr size_t kLongestWords = 80;

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

// What a stranger wrote, fit for a message.
std::string Shown(std::string_view words) {
  return paper::Truncate(paper::CleanLine(words), kLongestWords);
}

// A short word has many neighbours.
size_t Tolerance(size_t letters) { return letters <= 4 ? 1 : letters <= 8 ? 2 : 3; }

}  // namespace

const TagInfo* TagCatalogue::Find(std::string_view slug) const {
  for (const TagInfo& tag : tags_) {
    if (tag.slug == slug) return &tag;
  }
  return nullptr;
}

const RetiredTag* TagCatalogue::FindRetired(std::string_view slug) const {
  for (const RetiredTag& tag : retired_) {
    if (tag.slug == slug) return &tag;
  }
  return nullptr;
}

TagCatalogue::Standing TagCatalogue::Resolve(std::string_view slug) const {
  if (const TagInfo* tag = Find(slug)) return {.slug = tag->slug, .name = tag->name, .tag = tag};
  const RetiredTag* retired = FindRetired(slug);
  if (retired == nullptr) return {.slug = slug, .name = {}, .tag = nullptr};
  // Ends: Index found no circle.
  if (!retired->successor.empty()) return Resolve(retired->successor);
  return {.slug = retired->slug, .name = retired->name, .tag = nullptr};
}

absl::StatusOr<TagCatalogue::Standing> TagCatalogue::Read(std::string_view words) const {
  if (words.size() > kLongestWords) {
    return absl::InvalidArgumentError(fmt::format("unknown tag '{}'", Shown(words)));
  }
  const std::string folded = Fold(words);
  const auto known = [&](std::string_view asked) -> const std::string* {
    const auto found =
        std::lower_bound(words_.begin(), words_.end(), asked,
                         [](const auto& entry, std::string_view key) { return entry.first < key; });
    return found != words_.end() && found->first == asked ? &found->second : nullptr;
  };
  const std::string* slug = known(folded);
  if (slug == nullptr && folded.ends_with('s')) {
    slug = known(std::string_view(folded).substr(0, folded.size() - 1));
  }
  if (slug != nullptr) return Resolve(*slug);
  const std::string_view nearest = Nearest(folded);
  return absl::InvalidArgumentError(
      fmt::format("unknown tag '{}'{}", Shown(words),
                  nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

std::string_view TagCatalogue::Nearest(std::string_view folded) const {
  size_t best = Tolerance(folded.size()) + 1;
  std::string_view nearest;
  for (const auto& [words, slug] : words_) {
    const size_t distance = EditDistance(folded, words, best - 1);
    // Nothing of a short word may be left.
    if (distance >= best || distance >= words.size()) continue;
    best = distance;
    nearest = Resolve(slug).slug;
  }
  return nearest;
}

absl::Status TagCatalogue::AddWords(std::string_view words, std::string_view slug) {
  std::string folded = Fold(words);
  for (const auto& [other, other_slug] : words_) {
    if (other != folded || other_slug == slug) continue;
    return absl::InvalidArgumentError(
        fmt::format("'{}' names both '{}' and '{}'", words, other_slug, slug));
  }
  words_.emplace_back(std::move(folded), slug);
  return absl::OkStatus();
}

absl::Status TagCatalogue::CheckRetired() const {
  for (const RetiredTag& tag : retired_) {
    if (Find(tag.slug) != nullptr || FindRetired(tag.slug) != &tag) {
      return absl::InvalidArgumentError(
          fmt::format("retired slug '{}' stands there twice", tag.slug));
    }
    const RetiredTag* at = &tag;
    for (size_t steps = 0; at != nullptr && !at->successor.empty(); ++steps) {
      if (steps == retired_.size()) {
        return absl::InvalidArgumentError(
            fmt::format("the successors of '{}' lead in a circle", tag.slug));
      }
      if (Find(at->successor) == nullptr && FindRetired(at->successor) == nullptr) {
        return absl::InvalidArgumentError(
            fmt::format("successor '{}' of '{}' is no tag", at->successor, at->slug));
      }
      at = FindRetired(at->successor);
    }
  }
  return absl::OkStatus();
}

absl::Status TagCatalogue::Index() {
  for (const TagInfo& tag : tags_) {
    if (&tag != Find(tag.slug)) {
      return absl::InvalidArgumentError(fmt::format("slug '{}' stands there twice", tag.slug));
    }
  }
  absl::Status status = CheckRetired();
  if (!status.ok()) return status;
  for (const TagInfo& tag : tags_) {
    status.Update(AddWords(tag.slug, tag.slug));
    status.Update(AddWords(tag.name, tag.slug));
    for (const std::string& synonym : tag.synonyms) status.Update(AddWords(synonym, tag.slug));
  }
  for (const RetiredTag& tag : retired_) {
    // Its name may live on in another tag: only the slug is its own.
    const Standing standing = Resolve(tag.slug);
    status.Update(AddWords(tag.slug, standing.slug));
    if (standing.tag == nullptr) continue;
    tags_[static_cast<size_t>(standing.tag - tags_.data())].former_slugs.push_back(tag.slug);
  }
  std::sort(words_.begin(), words_.end());
  return status;
}

TagCatalogue ParseOrEnd(std::string_view catalogue, std::string_view measured) {
  absl::StatusOr<TagCatalogue> parsed = TagCatalogue::Parse(catalogue, measured);
  if (!parsed.ok()) {
    const std::string message(parsed.status().message());
    std::fprintf(stderr, "the tag catalogue is broken: %s\n", message.c_str());
    std::_Exit(EXIT_FAILURE);
  }
  return *std::move(parsed);
}

const TagCatalogue& Catalogue() {
  static const TagCatalogue kCatalogue =
      ParseOrEnd(Between(kPaperwireTagCatalogue, kPaperwireTagCatalogueEnd),
                 Between(kPaperwireTagsMeasured, kPaperwireTagsMeasuredEnd));
  return kCatalogue;
}

const TagInfo* FindBySlug(std::string_view slug) { return Catalogue().Find(slug); }

}  // namespace paperwire::tags
