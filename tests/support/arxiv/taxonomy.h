#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::arxiv {

// The archives that the stand-in knows in full; of the others only a few categories.
// Source: arXiv's category taxonomy (arxiv.org/category_taxonomy).

struct Archive {
  std::string id;
  std::string name;
  // "physics" for hep-th and its like; else the archive itself.
  std::string group;
  // Without the archive: "LG". Empty for archives that are their own category.
  std::vector<std::string> classes;
};

const std::vector<Archive>& Archives();
const Archive* FindArchive(std::string_view id);

// "cs.LG" for "cs.lg"; nothing for an unknown one.
std::optional<std::string> CanonicalCategory(std::string_view text);

// "Machine Learning" of cs.LG, the archive's name of an archive; the id where we have no name.
std::string SubjectName(const std::string& id);

// "cs:cs:LG", "physics:hep-th".
std::string SetSpec(const std::string& category);

// Whether `set` names a set, and whether a category is in it.
bool IsSet(std::string_view set);
bool IsInSet(const std::string& category, std::string_view set);

}  // namespace paperwire::arxiv
