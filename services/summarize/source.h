#pragma once

#include <string>
#include <string_view>

namespace paperwire::summarize {

// The abstract as it can be read aloud: one line a paragraph, TeX text commands, HTML tags and
// Markdown signs gone, math kept. Links stay, so that their sentence can be judged. At most
// 20,000 bytes. Pure, thread-safe.
std::string ReadableAbstract(std::string_view abstract);

// What an abstract turns out to be.
enum class AbstractKind {
  kProse,
  kEmpty,
  // "This paper has been withdrawn by the authors due to …": says nothing of the paper.
  kWithdrawn,
  kOtherLanguage,
  // Math alone, JSON, a code, one word over and over.
  kNotText,
};

// The kind of an abstract that ReadableAbstract has read. Linear, thread-safe.
AbstractKind KindOf(std::string_view readable);

// Whether the text looks like English, or is too short to tell.
bool LooksEnglish(std::string_view text);

// Whether `text` tells that the paper was withdrawn or retracted.
bool IsWithdrawalNotice(std::string_view text);

// Whether a sentence speaks to a machine or a reviewer that reads it instead of about the paper:
// an order ("ignore all previous instructions"), a made-up turn ("assistant: …"), a text in code.
// "Models ignore previous instructions" is none.
bool IsInstruction(std::string_view sentence);

// Whether a sentence only says where code, data or a page can be found.
bool IsAvailability(std::string_view sentence);

// Letters outside $math$.
int LettersOutsideMath(std::string_view text);

}  // namespace paperwire::summarize
