#pragma once

#include <string>
#include <string_view>

namespace paperwire::grounding {

// Whether `text` holds what a card may not: a link, an HTML tag, Markdown. "a < b" and $math$ are
// neither. Linear in the text. Pure, thread-safe.
bool HasLinkOrMarkup(std::string_view text);

// `text` without links, HTML tags and Markdown signs; the words between them stay. What is left of
// a sentence that held only a link ("Code: https://…") is for the caller to judge.
std::string WithoutLinksAndMarkup(std::string_view text);

}  // namespace paperwire::grounding
