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

std::string_view Scope::NamespaceOf(pugi::xml_node child, std::string_view name) {
  for (pugi::xml_attribute attribute = child.first_attribute(); attribute;
       attribute = attribute.next_attribute()) {
    if (std::string_view(attribute.name()).starts_with("xmlns")) return Namespace(child);
  }
  const size_t colon = name.find(':');
  const std::string_view prefix =
      colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
  for (size_t i = 0; i < count_; ++i) {
    if (known_[i].prefix == prefix) return known_[i].space;
  }
  const std::string_view space = Namespace(child);
  if (count_ < known_.size()) known_[count_++] = {.prefix = prefix, .space = space};
  return space;
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

namespace {

// "23 Jun 2026 00:00:00", of "Tue, 23 Jun 2026 00:00:00 -0400": what nearly every date is, read
// without the general parser. Nothing when it is another.
std::optional<absl::Time> ParseMailTime(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 31 || text[3] != ',' || text[7] != ' ' || text[11] != ' ') return {};
  const auto number = [text](size_t at, size_t count) {
    int value = 0;
    for (size_t i = at; i < at + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const size_t month = kMonths.find(text.substr(8, 3));
  const int day = number(5, 2);
  const int year = number(12, 4);
  const int hour = number(17, 2);
  const int minute = number(20, 2);
  const int second = number(23, 2);
  const int zone_hours = number(27, 2);
  const int zone_minutes = number(29, 2);
  const bool fits = month != std::string_view::npos && month % 3 == 0 && text[4] == ' ' &&
                    text[16] == ' ' && text[19] == ':' && text[22] == ':' && text[25] == ' ' &&
                    (text[26] == '+' || text[26] == '-') && day >= 1 && day <= 28 && year >= 1 &&
                    hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                    second < 60 && zone_hours >= 0 && zone_hours < 15 && zone_minutes >= 0 &&
                    zone_minutes < 60;
  // The last days of a month are left to the one who knows how long it is.
  if (!fits) return {};
  const int offset = (zone_hours * 60 + zone_minutes) * (text[26] == '-' ? -1 : 1);
  const absl::CivilSecond civil(year, static_cast<int>(month / 3) + 1, day, hour, minute, second);
  return absl::FromUnixSeconds((civil - absl::CivilSecond(1970)) - int64_t{offset} * 60);
}

}  // namespace

std::optional<absl::Time> ParseTime(std::string_view text) {
  std::string value(text);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\n')) value.pop_back();
  if (value.ends_with(" GMT") || value.ends_with(" UTC")) {
    value.replace(value.size() - 3, 3, "+0000");
  }
  if (const auto mail = ParseMailTime(value); mail) return mail;
  absl::Time time;
  for (const char* format : {"%a, %d %b %Y %H:%M:%E*S %z", absl::RFC3339_full, "%Y-%m-%d"}) {
    if (absl::ParseTime(format, value, &time, nullptr)) return time;
  }
  return std::nullopt;
}

}  // namespace paperwire::ingest::xml
