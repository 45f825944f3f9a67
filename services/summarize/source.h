#pragma once

#include <string>
#include <string_view>

namespace paperwire::summarize {

// The abstract as it can be read aloud: one line a paragraph, TeX text commands, HTML tags and
// Markdown signs gone, math kept. Links stay, so that their sentence can be judged. At most
// 20,000 bytes. Pure, thread-safe.
std::string ReadableAbstract(std::string_view abstract);

// Whether the text looks like English, by its small words.
bool LooksEnglish(std::string_view text);

// Whether a sentence speaks to a machine that reads it instead of about the paper ("ignore all
// previous instructions").
bool IsInstruction(std::string_view sentence);

// Whether a sentence only says where code, data or a page can be found.
bool IsAvailability(std::string_view sentence);

// Letters outside $math$.
int LettersOutsideMath(std::string_view text);

}  // namespace paperwire::summarize
