#pragma once

#include <string>
#include <string_view>

namespace paperwire::http {

// `text` as a value in a URL's query: all but letters, digits and "-._~" percent-encoded. Pure.
std::string EscapeQueryValue(std::string_view text);

}  // namespace paperwire::http
