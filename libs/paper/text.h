#pragma once

#include <string>
#include <string_view>

namespace paperwire::paper {

// Text from outside, made fit to store and show: valid UTF-8 (bad bytes become U+FFFD), no control,
// bidi or zero-width characters, runs of white space (line breaks included) as one space, trimmed.
// Math is left as it is.
std::string CleanLine(std::string_view text);

// As CleanLine, but a blank or indented line starts a new paragraph, kept as one '\n'.
std::string CleanParagraphs(std::string_view text);

// The same in place of what `out` holds, which `text` must be no part of: a long text is copied
// only once.
void CleanLine(std::string_view text, std::string& out);
void CleanParagraphs(std::string_view text, std::string& out);

// TeX accents and letters as UTF-8 ("Erd\H{o}s" → "Erdős", "{\ss}" → "ß"), outside $…$ only;
// \emph{x}, \textbf{x}, \href{u}{x} and \url{x} reduced to their text; \% \& \_ \# unescaped.
std::string DecodeTex(std::string_view text);
void DecodeTex(std::string_view text, std::string& out);

// HTML entities that were left in the text ("&#177;", "&amp;"), decoded once; what they make is not
// looked at again. Unknown ones stay.
std::string DecodeEntities(std::string_view text);

// At most `max_bytes` bytes, cut at a character boundary, "…" in place of what was cut.
std::string Truncate(std::string_view text, size_t max_bytes);

// How many bytes do not belong to valid UTF-8.
size_t CountBadBytes(std::string_view text);

// The text with each of them as U+FFFD.
std::string ReplaceBadBytes(std::string_view text);

// Number of characters (code points).
size_t CountCharacters(std::string_view text);

}  // namespace paperwire::paper
