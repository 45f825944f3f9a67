#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace paperwire::grounding {

// Where in `text` a link stands; an empty view at its end when there is none. All functions here
// are linear in the text, pure and thread-safe.
std::string_view FindLink(std::string_view text);

// Where in `text` an HTML tag or a sign of Markdown stands; as above. "a < b" and $math$ are
// neither.
std::string_view FindMarkup(std::string_view text);

// Whether `text` holds either.
bool HasLinkOrMarkup(std::string_view text);

// How many control, bidi and zero-width characters `text` holds; line breaks and tabs are none.
size_t CountHidden(std::string_view text);

// `text` without links, HTML tags and Markdown signs; the words between them stay. What is left of
// a sentence that held only a link ("Code: https://…") is for the caller to judge.
std::string WithoutLinksAndMarkup(std::string_view text);

}  // namespace paperwire::grounding
