#pragma once

#include <span>
#include <string_view>

namespace paperwire::tags {

// One tag of the closed catalogue. The slug is its identity.
struct TagInfo {
  std::string_view slug;
  std::string_view name;
  // What belongs under it, and what does not; a line each, for people.
  std::string_view meaning;
  std::string_view excludes;
};

// The 14 tags, in the catalogue's order.
std::span<const TagInfo> Catalogue();

// Null when there is no tag of that slug.
const TagInfo* FindBySlug(std::string_view slug);

}  // namespace paperwire::tags
