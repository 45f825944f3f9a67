#include "libs/http/escape.h"

#include <curl/curl.h>

#include <memory>

namespace paperwire::http {

std::string EscapeQueryValue(std::string_view text) {
  // Zero would mean: measure it.
  if (text.empty()) return "";
  const std::unique_ptr<char, void (*)(void*)> escaped(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
  return escaped == nullptr ? "" : std::string(escaped.get());
}

}  // namespace paperwire::http
