#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "pugixml.hpp"

namespace paperwire::ingest::xml {

inline constexpr std::string_view kAtom = "http://www.w3.org/2005/Atom";
inline constexpr std::string_view kArxiv = "http://arxiv.org/schemas/atom";
inline constexpr std::string_view kDc = "http://purl.org/dc/elements/1.1/";
inline constexpr std::string_view kOpenSearch = "http://a9.com/-/spec/opensearch/1.1/";
inline constexpr std::string_view kOai = "http://www.openarchives.org/OAI/2.0/";
inline constexpr std::string_view kOaiArxiv = "http://arxiv.org/OAI/arXiv/";
inline constexpr std::string_view kOaiRaw = "http://arxiv.org/OAI/arXivRaw/";
inline constexpr std::string_view kOaiDc = "http://www.openarchives.org/OAI/2.0/oai_dc/";

// The name without its prefix.
std::string_view LocalName(pugi::xml_node node);
// The namespace that the name's prefix is bound to; empty when it is bound to none.
std::string_view Namespace(pugi::xml_node node);
// Names are compared by namespace and local name, never by prefix or place: arXiv has changed both.
bool Is(pugi::xml_node node, std::string_view space, std::string_view local);

// The first child element of that name; null when there is none.
pugi::xml_node Child(pugi::xml_node parent, std::string_view space, std::string_view local);
// The text of that child; empty when there is none.
std::string_view Text(pugi::xml_node parent, std::string_view space, std::string_view local);
std::string_view Text(pugi::xml_node node);

// Calls `visit` with each child element of that name.
template <typename Visit>
void ForEach(pugi::xml_node parent, std::string_view space, std::string_view local, Visit visit) {
  for (const pugi::xml_node child : parent.children()) {
    if (child.type() == pugi::node_element && Is(child, space, local)) visit(child);
  }
}

// Namespaces of the children of one element, each prefix looked up once; once for all elements of a
// list, where they have the list's scope around theirs.
class Scope {
 public:
  explicit Scope(pugi::xml_node parent) : parent_(parent) {}
  // `around`, which must outlive it, is the scope of the parent's parent.
  Scope(pugi::xml_node parent, Scope& around);

  std::string_view NamespaceOf(pugi::xml_node child, std::string_view name);

 private:
  struct Binding {
    std::string_view prefix;
    std::string_view space;
  };

  std::string_view Find(std::string_view prefix);

  pugi::xml_node parent_;
  // Null where the parent declares namespaces of its own.
  Scope* around_ = nullptr;
  std::array<Binding, 4> known_ = {};
  size_t count_ = 0;
};

// Calls `visit` with each child element, its namespace and its local name.
template <typename Visit>
void ForEachChild(pugi::xml_node parent, Scope& scope, Visit visit) {
  for (pugi::xml_node child = parent.first_child(); child; child = child.next_sibling()) {
    if (child.type() != pugi::node_element) continue;
    const std::string_view name = child.name();
    visit(child, scope.NamespaceOf(child, name), name.substr(name.find(':') + 1));
  }
}

template <typename Visit>
void ForEachChild(pugi::xml_node parent, Visit visit) {
  Scope scope(parent);
  ForEachChild(parent, scope, visit);
}

// Whether elements are nested deeper than `limit`. Not recursive.
bool DeeperThan(pugi::xml_node root, int limit);

}  // namespace paperwire::ingest::xml
