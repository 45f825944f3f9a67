#include "services/serve/search/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "absl/strings/ascii.h"

namespace paperwire::serve::search {
namespace {

constexpr size_t kLongestTerm = 64;
// Beyond it a "$" is a price, not math.
constexpr size_t kLongestMath = 300;
// Longer math with signs in it is a formula, and says nothing in words.
constexpr size_t kShortMath = 16;

enum class Kind : uint8_t { kOther, kWord, kJoint, kNothing, kDollar, kBackslash };

constexpr std::array<Kind, 128> AsciiKinds() {
  std::array<Kind, 128> kinds = {};
  for (char c = '0'; c <= '9'; ++c) kinds[c] = Kind::kWord;
  for (char c = 'a'; c <= 'z'; ++c) kinds[c] = Kind::kWord;
  for (char c = 'A'; c <= 'Z'; ++c) kinds[c] = Kind::kWord;
  kinds['-'] = kinds['\''] = Kind::kJoint;
  kinds['{'] = kinds['}'] = Kind::kNothing;
  kinds['$'] = Kind::kDollar;
  kinds['\\'] = Kind::kBackslash;
  return kinds;
}
constexpr std::array<Kind, 128> kAsciiKinds = AsciiKinds();

// From α (U+03B1); ς is folded to σ before.
constexpr std::string_view kGreek[] = {
    "alpha", "beta",   "gamma",   "delta", "epsilon", "zeta",    "eta",  "theta", "iota",
    "kappa", "lambda", "mu",      "nu",    "xi",      "omicron", "pi",   "rho",   "sigma",
    "sigma", "tau",    "upsilon", "phi",   "chi",     "psi",     "omega"};
constexpr char32_t kAlpha = 0x3b1;

bool IsGreekName(std::string_view name) {
  return name == "ell" || std::find(std::begin(kGreek), std::end(kGreek), name) != std::end(kGreek);
}

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

// The character at the front, and its bytes; bytes that are none: length 1, negative.
utf8proc_int32_t Character(std::string_view text, size_t& length) {
  utf8proc_int32_t character = -1;
  const utf8proc_ssize_t read =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(std::min<size_t>(text.size(), 4)), &character);
  length = read > 0 ? static_cast<size_t>(read) : 1;
  return read > 0 ? character : -1;
}

Kind KindOf(utf8proc_int32_t character) {
  if (character < 0) return Kind::kOther;
  // Hyphens and dashes, and the apostrophe that is set in print.
  if ((character >= 0x2010 && character <= 0x2013) || character == 0x2019) return Kind::kJoint;
  if (character == 0xad) return Kind::kNothing;
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Kind::kWord;
    default:
      return Kind::kOther;
  }
}

Kind KindAt(std::string_view text, size_t at, size_t& length) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    length = 1;
    return kAsciiKinds[byte];
  }
  return KindOf(Character(text.substr(at), length));
}

// Whether a possessive 's stands at `at`, and its bytes.
size_t Possessive(std::string_view text, size_t at) {
  size_t length = 0;
  if (text.substr(at, 1) == "'") {
    length = 1;
  } else if (text.substr(at, 3) == "\u2019") {
    length = 3;
  } else {
    return 0;
  }
  if (at + length >= text.size() || (text[at + length] | 0x20) != 's') return 0;
  size_t next = 0;
  const size_t end = at + length + 1;
  if (end < text.size() && KindAt(text, end, next) == Kind::kWord) return 0;
  return length + 1;
}

// Letters whose stroke or ligature is no mark of its own.
std::string_view Plain(utf8proc_int32_t character) {
  switch (character) {
    case 0xe6:
      return "ae";
    case 0xf0:
    case 0x111:
      return "d";
    case 0xf8:
      return "o";
    case 0xfe:
      return "th";
    case 0x127:
      return "h";
    case 0x131:
      return "i";
    case 0x142:
      return "l";
    case 0x153:
      return "oe";
    case 0x167:
      return "t";
    default:
      return {};
  }
}

void FoldCharacter(utf8proc_int32_t character, std::string& out) {
  // More than any character decomposes into.
  std::array<utf8proc_int32_t, 32> parts = {};
  int boundary = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      character, parts.data(), parts.size(),
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                     UTF8PROC_STRIPMARK | UTF8PROC_IGNORE),
      &boundary);
  for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(count, parts.size()); ++i) {
    const std::string_view plain = Plain(parts[i]);
    if (!plain.empty()) {
      out.append(plain);
      continue;
    }
    std::array<utf8proc_uint8_t, 4> bytes = {};
    const utf8proc_ssize_t size = utf8proc_encode_char(parts[i], bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(size));
  }
}

// A word of one Greek letter by its name.
void NameGreek(size_t begin, std::string& out) {
  if (out.size() != begin + 2) return;
  size_t length = 0;
  const utf8proc_int32_t character = Character(std::string_view(out).substr(begin), length);
  if (length != 2 || character < static_cast<utf8proc_int32_t>(kAlpha)) return;
  const size_t index = static_cast<size_t>(character) - kAlpha;
  if (index < std::size(kGreek)) out.replace(begin, 2, kGreek[index]);
}

}  // namespace

size_t EndOfMath(std::string_view text, size_t begin) {
  const std::string_view fence = text.substr(begin, 2) == "$$" ? "$$" : "$";
  const size_t inside = begin + fence.size();
  const size_t end =
      text.substr(0, std::min(text.size(), inside + kLongestMath)).find(fence, inside);
  return end == std::string_view::npos || end == inside ? begin : end + fence.size();
}

void WordScanner::PassMath() {
  const size_t end = at_ < math_end_ ? at_ : EndOfMath(text_, at_);
  if (end == at_) {
    ++at_;
    return;
  }
  const std::string_view math = text_.substr(at_, end - at_);
  if (math.size() > kShortMath && math.find_first_of("\\^_{}=<>") != std::string_view::npos) {
    ++position_;
    apart_ = true;
    at_ = end;
    return;
  }
  math_end_ = end;
  ++at_;
}

void WordScanner::PassCommand() {
  size_t end = ++at_;
  while (end < text_.size() && absl::ascii_isalpha(static_cast<unsigned char>(text_[end]))) ++end;
  // The name of a letter is read as a word; one of a font or a sign is not.
  if (!IsGreekName(text_.substr(at_, end - at_))) at_ = end;
}

void WordScanner::TakeWord(size_t length, Word& word) {
  word.begin = at_;
  at_ += length;
  while (at_ < text_.size()) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < 0x80 ? kAsciiKinds[byte] == Kind::kWord
                    : KindAt(text_, at_, length) == Kind::kWord) {
      at_ += byte < 0x80 ? 1 : length;
    } else if (text_[at_] == '.' && IsDigit(text_[at_ - 1]) && at_ + 1 < text_.size() &&
               IsDigit(text_[at_ + 1])) {
      ++at_;
    } else {
      break;
    }
  }
  word.end = at_;
  word.joined = joints_ == 1 && !apart_;
  word.position = position_++;
  joints_ = 0;
  apart_ = false;
  if (at_ < text_.size()) at_ += Possessive(text_, at_);
}

bool WordScanner::Next(Word& word) {
  while (at_ < text_.size()) {
    size_t length = 0;
    switch (KindAt(text_, at_, length)) {
      case Kind::kWord:
        TakeWord(length, word);
        return true;
      case Kind::kDollar:
        PassMath();
        break;
      case Kind::kBackslash:
        PassCommand();
        break;
      case Kind::kJoint:
        ++joints_;
        at_ += length;
        break;
      case Kind::kNothing:
        at_ += length;
        break;
      case Kind::kOther:
        apart_ = true;
        at_ += length;
        break;
    }
  }
  return false;
}

void FoldWord(std::string_view word, std::string& out) {
  const size_t begin = out.size();
  bool ascii = true;
  for (size_t at = 0; at < word.size();) {
    if (static_cast<unsigned char>(word[at]) < 0x80) {
      out += absl::ascii_tolower(static_cast<unsigned char>(word[at++]));
      continue;
    }
    ascii = false;
    size_t length = 0;
    const utf8proc_int32_t character = Character(word.substr(at), length);
    if (character >= 0) FoldCharacter(character, out);
    at += length;
  }
  if (!ascii) NameGreek(begin, out);
  if (out.size() - begin <= kLongestTerm) return;
  size_t end = begin + kLongestTerm;
  while (end > begin && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
}

}  // namespace paperwire::serve::search
