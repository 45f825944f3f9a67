#include "services/ingest/xml.h"

namespace paperwire::ingest::xml {

std::string_view LocalName(pugi::xml_node node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view Namespace(pugi::xml_node node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  const std::string_view prefix =
      colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
  for (; node; node = node.parent()) {
    for (const pugi::xml_attribute attribute : node.attributes()) {
      std::string_view declared = attribute.name();
      if (!declared.starts_with("xmlns")) continue;
      declared.remove_prefix(5);
      if (prefix.empty() ? declared.empty()
                         : declared.size() == prefix.size() + 1 && declared[0] == ':' &&
                               declared.substr(1) == prefix) {
        return attribute.value();
      }
    }
  }
  return {};
}

bool Is(pugi::xml_node node, std::string_view space, std::string_view local) {
  return LocalName(node) == local && Namespace(node) == space;
}

pugi::xml_node Child(pugi::xml_node parent, std::string_view space, std::string_view local) {
  for (const pugi::xml_node child : parent.children()) {
    if (child.type() == pugi::node_element && Is(child, space, local)) return child;
  }
  return {};
}

std::string_view Text(pugi::xml_node node) { return node.text().get(); }

std::string_view Text(pugi::xml_node parent, std::string_view space, std::string_view local) {
  return Text(Child(parent, space, local));
}

bool DeeperThan(pugi::xml_node root, int limit) {
  int depth = 0;
  pugi::xml_node node = root;
  while (node) {
    if (node.first_child()) {
      node = node.first_child();
      if (++depth > limit) return true;
      continue;
    }
    while (node && node != root && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (!node || node == root) return false;
    node = node.next_sibling();
  }
  return false;
}

std::optional<absl::Time> ParseTime(std::string_view text) {
  std::string value(text);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\n')) value.pop_back();
  if (value.ends_with(" GMT") || value.ends_with(" UTC")) {
    value.replace(value.size() - 3, 3, "+0000");
  }
  absl::Time time;
  for (const char* format : {"%a, %d %b %Y %H:%M:%E*S %z", absl::RFC3339_full, "%Y-%m-%d"}) {
    if (absl::ParseTime(format, value, &time, nullptr)) return time;
  }
  return std::nullopt;
}

}  // namespace paperwire::ingest::xml
