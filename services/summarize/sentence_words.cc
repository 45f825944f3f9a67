#include "services/summarize/sentence_words.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kReach = 400;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsInner(char c) {
  return IsAlpha(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80 || c == '%' ||
         c == '$' || c == '\\' || c == '+' || c == '*' || c == '/';
}

// Length of the dash at `i`: "—", "---", or "--" beside a space; 0 where there is none. "11--12%"
// and "dose--response" hold none.
size_t DashAt(std::string_view text, size_t i) {
  if (text[i] != '-' && text[i] != '\xE2') return 0;
  const std::string_view rest = text.substr(i);
  if (rest.starts_with("\xE2\x80\x94") || rest.starts_with("---")) return 3;
  if (!rest.starts_with("--")) return 0;
  const bool spaced = i == 0 || IsSpace(text[i - 1]) || rest.size() == 2 || IsSpace(rest[2]);
  return spaced ? 2 : 0;
}

// Length of the curly quotation mark at the front of `text`.
size_t QuoteOf(std::string_view text) {
  return text.starts_with("\xE2\x80\x9C") || text.starts_with("\xE2\x80\x9D") ||
                 text.starts_with("\xE2\x80\x98")
             ? 3
             : 0;
}

// "(i)", "(2)", "(a)": a place in a list.
bool IsItem(std::string_view text) {
  const size_t close = text.substr(0, 6).find(')');
  if (close == std::string_view::npos || close < 2) return false;
  const std::string_view item = text.substr(1, close - 1);
  if (item.size() == 1) return IsAlpha(item[0]) || IsDigit(item[0]);
  return item.find_first_not_of("ivx") == std::string_view::npos;
}

// Where the math that opens at `i` ends; `i` + 1 when it never does.
size_t AfterMath(std::string_view text, size_t i) {
  size_t close = text.substr(0, i + kReach).find('$', i + 1);
  while (close != std::string_view::npos && text[close - 1] == '\\') {
    close = text.substr(0, i + kReach).find('$', close + 1);
  }
  return close == std::string_view::npos ? i + 1 : close + 1;
}

}  // namespace

void ReadSentenceWords(std::string_view sentence, std::vector<SentenceWord>& words) {
  words.clear();
  int depth = 0;
  size_t i = 0;
  const auto sign = [&](char c) {
    if (words.empty()) return;
    // A comma is the weakest of them.
    if (words.back().after == 0 || words.back().after == ',') words.back().after = c;
  };
  while (i < sentence.size()) {
    const char c = sentence[i];
    if (const size_t dash = DashAt(sentence, i); dash > 0) {
      sign('-');
      i += dash;
      continue;
    }
    if (sentence.substr(i).starts_with("\xE2\x80\x93 ")) {
      sign('-');
      i += 3;
      continue;
    }
    if (const size_t quote = QuoteOf(sentence.substr(i)); quote > 0) {
      i += quote;
      continue;
    }
    if (!IsInner(c)) {
      if (c == '(' && depth == 0 && IsItem(sentence.substr(i))) {
        ++i;
        continue;
      }
      if (c == '(' || c == '[') ++depth;
      if ((c == ')' || c == ']') && depth > 0) --depth;
      if (c == ',' || c == ';' || c == ':') sign(c);
      if (c == '.' || c == '?' || c == '!') sign('.');
      if (c == '-' && i + 1 < sentence.size() && IsSpace(sentence[i + 1])) sign('-');
      ++i;
      continue;
    }
    SentenceWord word;
    word.begin = static_cast<uint32_t>(i);
    word.bracketed = depth > 0;
    word.aside = word.bracketed;
    int inner = 0;
    size_t end = i;
    while (i < sentence.size()) {
      const char w = sentence[i];
      if (w == '$' && (i == 0 || sentence[i - 1] != '\\')) {
        i = AfterMath(sentence, i);
        end = i;
        word.figure = true;
        continue;
      }
      if (IsSpace(w) || w == ',' || w == ';' || w == '"' || DashAt(sentence, i) > 0 ||
          QuoteOf(sentence.substr(i)) > 0) {
        // "10,000"
        const bool thousands = w == ',' && i > 0 && IsDigit(sentence[i - 1]) &&
                               i + 1 < sentence.size() && IsDigit(sentence[i + 1]);
        if (!thousands) break;
      }
      if (w == '(' || w == '[') ++inner;
      if (w == ')' || w == ']') {
        if (inner == 0) break;
        --inner;
        end = i + 1;
      }
      if (IsInner(w)) end = i + 1;
      word.figure = word.figure || IsDigit(w);
      ++i;
    }
    // "f(x" and then a space: the bracket opens something longer.
    depth += inner > 0 ? inner : 0;
    word.end = static_cast<uint32_t>(end);
    const char first = sentence[word.begin];
    word.capital = first >= 'A' && first <= 'Z';
    if (!word.figure) {
      const std::string_view letters = sentence.substr(word.begin, word.end - word.begin);
      word.key = WordKey::Of(letters);
      word.classes = ClassesOf(letters, word.key);
    }
    i = end;
    words.push_back(word);
  }
}

}  // namespace paperwire::summarize
