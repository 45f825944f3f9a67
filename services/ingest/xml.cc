#include "services/ingest/xml.h"

namespace paperwire::ingest::xml {

std::string_view LocalName(pugi::xml_node node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

namespace {

std::string_view PrefixOf(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

// What the prefix is bound to at `node`.
std::string_view Bound(std::string_view prefix, pugi::xml_node node) {
  for (; node; node = node.parent()) {
    for (pugi::xml_attribute attribute = node.first_attribute(); attribute;
         attribute = attribute.next_attribute()) {
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

bool Declares(pugi::xml_node node) {
  for (pugi::xml_attribute attribute = node.first_attribute(); attribute;
       attribute = attribute.next_attribute()) {
    if (std::string_view(attribute.name()).starts_with("xmlns")) return true;
  }
  return false;
}

}  // namespace

std::string_view Namespace(pugi::xml_node node) { return Bound(PrefixOf(node.name()), node); }

Scope::Scope(pugi::xml_node parent, Scope& around)
    : parent_(parent), around_(Declares(parent) ? nullptr : &around) {}

std::string_view Scope::Find(std::string_view prefix) {
  if (around_ != nullptr) return around_->Find(prefix);
  for (size_t i = 0; i < count_; ++i) {
    if (known_[i].prefix == prefix) return known_[i].space;
  }
  const std::string_view space = Bound(prefix, parent_);
  if (count_ < known_.size()) known_[count_++] = {.prefix = prefix, .space = space};
  return space;
}

std::string_view Scope::NamespaceOf(pugi::xml_node child, std::string_view name) {
  return Declares(child) ? Bound(PrefixOf(name), child) : Find(PrefixOf(name));
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
    if (const pugi::xml_node child = node.first_child(); child) {
      if (++depth > limit) return true;
      node = child;
      continue;
    }
    // Up to the next that was not looked at; most have one beside them.
    for (;;) {
      if (depth == 0) return false;
      if (const pugi::xml_node next = node.next_sibling(); next) {
        node = next;
        break;
      }
      node = node.parent();
      --depth;
    }
  }
  return false;
}

}  // namespace paperwire::ingest::xml
