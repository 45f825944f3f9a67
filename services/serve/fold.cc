#include "services/serve/fold.h"

#include "absl/strings/ascii.h"
#include "libs/grounding/fold.h"
#include "services/serve/plural.h"

namespace paperwire::serve {
namespace {

bool IsWordByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) ||
         static_cast<unsigned char>(byte) >= 0x80;
}

// The first word of `text`, which it is cut off from.
std::string_view NextWord(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

std::string FoldKeyword(std::string_view keyword) {
  std::string folded;
  const auto end_word = [&folded] { TakePlural(folded, folded.rfind(' ') + 1); };
  for (const char byte : keyword) {
    if (IsWordByte(byte)) {
      folded += absl::ascii_tolower(static_cast<unsigned char>(byte));
    } else if (!folded.empty() && folded.back() != ' ') {
      end_word();
      folded += ' ';
    }
  }
  if (!folded.empty() && folded.back() == ' ') {
    folded.pop_back();
  } else {
    end_word();
  }
  return folded;
}

std::string FoldName(std::string_view name) {
  const grounding::Folded plain(name);
  std::string folded;
  for (const char byte : plain.text()) {
    if (IsWordByte(byte)) {
      folded += absl::ascii_tolower(static_cast<unsigned char>(byte));
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

uint32_t InitialsOf(std::string_view name) {
  constexpr unsigned kBits = 32;
  uint32_t initials = 0;
  while (!name.empty()) {
    const std::string_view word = NextWord(name);
    if (!word.empty()) initials |= 1U << (static_cast<unsigned char>(word.front()) % kBits);
  }
  return initials;
}

bool NameHas(std::string_view name, std::string_view asked) {
  while (!asked.empty()) {
    const std::string_view word = NextWord(asked);
    bool found = false;
    for (std::string_view left = name; !left.empty() && !found;) {
      const std::string_view own = NextWord(left);
      found = word.size() == 1 ? own.starts_with(word) : own == word;
    }
    if (!found) return false;
  }
  return true;
}

bool ContainsWords(std::string_view text, std::string_view words) {
  for (size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
    const bool left = at == 0 || !IsWordByte(text[at - 1]) || !IsWordByte(words.front());
    const size_t end = at + words.size();
    const bool right = end == text.size() || !IsWordByte(text[end]) || !IsWordByte(words.back());
    if (left && right) return true;
  }
  return false;
}

}  // namespace paperwire::serve
