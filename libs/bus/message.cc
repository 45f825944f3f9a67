#include "libs/bus/message.h"

#include <utility>

namespace paperwire::bus {

std::string_view Message::FindHeader(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

void Message::SetHeader(std::string_view name, std::string value_text) {
  for (Header& header : headers) {
    if (header.name == name) {
      header.value = std::move(value_text);
      return;
    }
  }
  headers.push_back({std::string(name), std::move(value_text)});
}

}  // namespace paperwire::bus
