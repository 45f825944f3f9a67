#include "libs/grounding/names.h"

#include <algorithm>
#include <array>

#include "libs/grounding/units.h"

namespace paperwire::grounding {
namespace {

constexpr size_t kLongestName = 80;
constexpr size_t kPieces = 8;
constexpr size_t kShortestStem = 5;
// Odd, so that every power of it is worth something modulo 2^64.
constexpr uint64_t kBase = 0x9E3779B97F4A7C15ull;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlpha(char c) { return IsLower(c) || IsUpper(c); }
bool IsWordByte(char c) {
  return IsAlpha(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80;
}
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Words that name no work of anybody: a card may speak of them where its source does not. Sorted.
constexpr std::array<std::string_view, 17> kGeneral = {"ai",  "api", "cpu",  "dl",  "dnn", "gpu",
                                                       "gui", "id",  "llm",  "ml",  "nlp", "nn",
                                                       "ood", "rl",  "sota", "url", "usa"};

// Acronyms whose long form is rarely told whole: a word that begins so in the source is enough.
// Sorted.
struct LongForm {
  std::string_view acronym;
  std::string_view stem;
};
constexpr std::array<LongForm, 19> kLongForms = {{{"auc", "area"},
                                                  {"cnn", "convolution"},
                                                  {"dae", "differential"},
                                                  {"dag", "acyclic"},
                                                  {"gan", "adversarial"},
                                                  {"kl", "kullback"},
                                                  {"mlp", "perceptron"},
                                                  {"mmwave", "millimet"},
                                                  {"mri", "magnetic"},
                                                  {"ode", "differential"},
                                                  {"pde", "differential"},
                                                  {"pv", "photovoltaic"},
                                                  {"sdp", "semidefinite"},
                                                  {"sgd", "stochastic"},
                                                  {"snr", "signal"},
                                                  {"ssl", "supervised"},
                                                  {"uav", "unmanned"},
                                                  {"vae", "variational"},
                                                  {"vit", "vision"}}};

// Words that are written in one and count two letters in an acronym ("VAE").
constexpr std::array<std::string_view, 8> kPrefixes = {"auto",  "electro", "hyper", "micro",
                                                       "multi", "photo",   "semi",  "spatio"};

// An acronym may leave these out. Sorted.
constexpr std::array<std::string_view, 14> kSmall = {"a",  "an", "and", "as",  "by", "for", "from",
                                                     "in", "of", "on",  "the", "to", "via", "with"};

bool IsSmall(std::string_view word) {
  if (word.size() > 4) return false;
  std::array<char, 4> lower{};
  std::transform(word.begin(), word.end(), lower.begin(), Lower);
  return std::binary_search(kSmall.begin(), kSmall.end(),
                            std::string_view(lower.data(), word.size()));
}

bool EqualsLower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return Lower(a) == b; });
}

bool IsGeneral(std::string_view name) {
  if (name.size() > 1 && name.back() == 's') name.remove_suffix(1);
  if (name.size() > 4) return false;
  std::array<char, 4> lower{};
  std::transform(name.begin(), name.end(), lower.begin(), Lower);
  return std::binary_search(kGeneral.begin(), kGeneral.end(),
                            std::string_view(lower.data(), name.size()));
}

// A key is a polynomial in the letters and digits, so that keys of neighbours can be joined.
struct Key {
  uint64_t hash = 0;
  uint64_t power = 1;

  void Add(char c) {
    hash = hash * kBase + static_cast<unsigned char>(Lower(c)) + 1;
    power *= kBase;
  }
  void Add(const Key& other) {
    hash = hash * other.power + other.hash;
    power *= other.power;
  }
};

// What the parts of a token look like.
struct Shape {
  bool lower = false;
  bool upper = false;
  bool digit = false;
  // A capital that is not the first letter.
  bool inner = false;
  size_t letters = 0;

  bool strong() const { return inner || (digit && letters > 0); }
  bool capital() const { return upper && !inner && !digit && letters > 1; }
};

Shape ShapeOf(std::string_view part) {
  Shape shape;
  for (const char c : part) {
    if (IsUpper(c)) shape.inner = shape.inner || shape.letters > 0 || shape.digit;
    shape.lower = shape.lower || IsLower(c);
    shape.upper = shape.upper || IsUpper(c);
    shape.digit = shape.digit || IsDigit(c);
    shape.letters += !IsDigit(c);
  }
  return shape;
}

// Calls `visit(part, begin)` for the parts of a token.
template <typename Visit>
void ForParts(std::string_view token, Visit visit) {
  for (size_t i = 0; i < token.size();) {
    if (!IsWordByte(token[i])) {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < token.size() && IsWordByte(token[i])) ++i;
    visit(token.substr(begin, i - begin), begin);
  }
}

// "II", "viii".
bool IsRoman(std::string_view part) {
  return part.size() <= 4 && part.find_first_not_of("IVX") == std::string_view::npos;
}

std::string_view WithoutPossessive(std::string_view token) {
  if (token.ends_with("'s")) token.remove_suffix(2);
  return token;
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<Name> Run() {
    for (size_t i = 0; i < text_.size();) {
      if (!IsWordByte(text_[i])) {
        ++i;
        continue;
      }
      const size_t end = TokenEnd(i);
      Judge(i, end);
      i = end;
    }
    return std::move(names_);
  }

 private:
  char At(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  size_t TokenEnd(size_t begin) const {
    size_t i = begin;
    for (;;) {
      while (i < text_.size() && IsWordByte(text_[i])) ++i;
      if (i - begin > kLongestName || !IsWordByte(At(i + 1))) return i;
      const char c = text_[i];
      const bool joined = c == '-' || c == '_' || c == '&' || c == '+' ||
                          (c == '\'' && At(i + 1) == 's' && !IsWordByte(At(i + 2))) ||
                          (c == '.' && IsDigit(At(i + 1)));
      if (!joined) return i;
      ++i;
    }
  }

  void Judge(size_t begin, size_t end) {
    const std::string_view token = WithoutPossessive(text_.substr(begin, end - begin));
    bool strong = false;
    bool weak = false;
    bool capital = false;
    const bool within = IsWithinSentence(begin);
    ForParts(token, [&](std::string_view part, size_t at) {
      const Shape shape = ShapeOf(part);
      const bool factor = part.size() > 1 && part[0] == 'x' && IsDigit(part[1]);  // "x2"
      strong = strong || (shape.strong() && IsAlpha(part[0]) && !IsRoman(part) && !factor);
      strong = strong || (capital && shape.digit && shape.letters == 0);
      weak = weak || (shape.capital() && (within || at > 0));
      capital = capital || shape.capital();
    });
    // "top-5", "x-3": their digits are numbers.
    if (!strong && !weak) {
      last_weak_ = std::string_view::npos;
      return;
    }
    Name name{.begin = begin, .end = begin + token.size(), .weak = !strong, .follows = false};
    name.follows = name.weak && last_weak_ != std::string_view::npos && begin == last_weak_ + 1 &&
                   text_[begin - 1] == ' ';
    last_weak_ = name.weak ? end : std::string_view::npos;
    names_.push_back(name);
  }

  // Whether a word before it, and not a stop, a colon or a bracket, leads to the word at `begin`.
  bool IsWithinSentence(size_t begin) const {
    if (begin < 2 || text_[begin - 1] != ' ') return false;
    const char before = text_[begin - 2];
    return IsLower(before) || IsDigit(before) || IsUpper(before) || before == ',';
  }

  const std::string_view text_;
  // Where the last weak name ended, while nothing else has come since.
  size_t last_weak_ = std::string_view::npos;
  std::vector<Name> names_;
};

}  // namespace

std::vector<Name> FindNames(std::string_view folded) { return Finder(folded).Run(); }

NameIndex::NameIndex(std::string_view folded) : text_(folded) {
  ReadWords();
  AddKeys();
  AddSeries();
}

void NameIndex::ReadWords() {
  size_t end_before = 0;
  for (size_t i = 0; i < text_.size();) {
    if (!IsWordByte(text_[i])) {
      ++i;
      continue;
    }
    Word word{.begin = static_cast<uint32_t>(i), .end = 0, .breaks = false, .small = false};
    for (size_t k = end_before; k < i; ++k) {
      const char c = text_[k];
      word.breaks = word.breaks || c == '.' || c == ';' || c == ':' || c == '!' || c == '?' ||
                    c == '(' || c == ')' || c == ',';
    }
    while (i < text_.size() && IsWordByte(text_[i])) ++i;
    word.end = static_cast<uint32_t>(i);
    const std::string_view known = text_.substr(word.begin, word.end - word.begin);
    word.small = IsSmall(known) || (known == "s" && end_before + 1 == word.begin);  // "bird's"
    end_before = i;
    words_.push_back(word);
  }
}

void NameIndex::AddKeys() {
  struct Piece {
    Key key;
    // Without its last s.
    Key singular;
    bool plural = false;
  };
  std::vector<Piece> pieces;
  pieces.reserve(words_.size() * 2);
  for (const Word& word : words_) {
    Piece piece;
    for (size_t i = word.begin; i < word.end; ++i) {
      const char c = text_[i];
      const char before = i > word.begin ? text_[i - 1] : '\0';
      const bool breaks =
          before != '\0' &&
          ((IsLower(before) && IsUpper(c)) || (IsDigit(before) != IsDigit(c)) ||
           (IsUpper(before) && IsUpper(c) && i + 1 < word.end && IsLower(text_[i + 1])));
      if (breaks) {
        pieces.push_back(piece);
        piece = Piece();
      }
      piece.plural = c == 's';
      if (piece.plural) piece.singular = piece.key;
      piece.key.Add(c);
    }
    pieces.push_back(piece);
  }
  size_t places = 64;
  while (places < (pieces.size() * (kPieces + 2) + words_.size()) * 2) places *= 2;
  keys_.assign(places, 0);
  for (size_t first = 0; first < pieces.size(); ++first) {
    Key key;
    for (size_t k = first; k < std::min(first + kPieces, pieces.size()); ++k) {
      if (pieces[k].plural) {
        Key singular = key;
        singular.Add(pieces[k].singular);
        Insert(singular.hash);
      }
      key.Add(pieces[k].key);
      Insert(key.hash);
    }
  }
}

// "FP16/32" names FP32 too.
void NameIndex::AddSeries() {
  const auto of = [this](size_t i) {
    return text_.substr(words_[i].begin, words_[i].end - words_[i].begin);
  };
  const auto digits = [](std::string_view word) {
    return std::all_of(word.begin(), word.end(), IsDigit);
  };
  const auto joins = [this](size_t i, char sign) {
    return i > 0 && words_[i - 1].end + 1 == words_[i].begin && text_[words_[i - 1].end] == sign;
  };
  for (size_t i = 1; i < words_.size(); ++i) {
    if (!joins(i, '/') || !digits(of(i))) continue;
    // The name that the series goes on: over earlier members of it, then over hyphens.
    size_t first = i - 1;
    while (joins(first, '/') && digits(of(first)) && i - first < kPieces) --first;
    size_t stem_end = words_[first].end;
    while (stem_end > words_[first].begin && IsDigit(text_[stem_end - 1])) --stem_end;
    while (joins(first, '-') && i - first < kPieces) --first;
    Key key;
    for (size_t k = words_[first].begin; k < stem_end; ++k) {
      if (IsWordByte(text_[k])) key.Add(text_[k]);
    }
    for (const char c : of(i)) key.Add(c);
    Insert(key.hash);
  }
}

void NameIndex::Insert(uint64_t key) {
  if (key == 0) return;
  size_t place = (key * kBase >> 32) & (keys_.size() - 1);
  while (keys_[place] != 0 && keys_[place] != key) place = (place + 1) & (keys_.size() - 1);
  keys_[place] = key;
}

bool NameIndex::Contains(uint64_t key) const {
  size_t place = (key * kBase >> 32) & (keys_.size() - 1);
  while (keys_[place] != 0 && keys_[place] != key) place = (place + 1) & (keys_.size() - 1);
  return keys_[place] == key && key != 0;
}

bool NameIndex::HoldsKey(std::string_view name) const {
  Key key;
  Key singular;
  bool plural = false;
  for (const char c : name) {
    if (!IsWordByte(c)) continue;
    plural = c == 's' && key.power != 1;
    if (plural) singular = key;
    key.Add(c);
  }
  return Contains(key.hash) || (plural && Contains(singular.hash));
}

bool NameIndex::HoldsStem(std::string_view word) const {
  return HoldsWordFrom(
      word.substr(0, std::max(kShortestStem, word.size() - std::min<size_t>(word.size(), 3))));
}

bool NameIndex::HoldsWordFrom(std::string_view stem) const {
  return std::any_of(words_.begin(), words_.end(), [&](const Word& known) {
    return known.end - known.begin >= stem.size() &&
           std::equal(stem.begin(), stem.end(), text_.begin() + known.begin,
                      [](char a, char b) { return Lower(a) == Lower(b); });
  });
}

bool NameIndex::Spells(std::string_view letters, size_t longest, size_t word, size_t used) const {
  if (letters.empty()) return used > 1;
  if (word >= words_.size() || (used > 0 && words_[word].breaks)) return false;
  const std::string_view known =
      text_.substr(words_[word].begin, words_[word].end - words_[word].begin);
  for (size_t n = 1; n <= std::min({longest, letters.size(), known.size()}); ++n) {
    if (Lower(known[n - 1]) != Lower(letters[n - 1])) break;
    if (Spells(letters.substr(n), longest, word + 1, used + 1)) return true;
  }
  for (const std::string_view prefix : kPrefixes) {
    if (letters.size() > 1 && known.size() > prefix.size() &&
        EqualsLower(known.substr(0, prefix.size()), prefix) && Lower(letters[0]) == prefix[0] &&
        Lower(letters[1]) == Lower(known[prefix.size()]) &&
        (letters.size() == 2 ? used > 0 : Spells(letters.substr(2), longest, word + 1, used + 1))) {
      return true;
    }
  }
  // "text-to-image" as T2I
  if (letters[0] == '2' && EqualsLower(known, "to")) {
    return Spells(letters.substr(1), longest, word + 1, used + 1);
  }
  return used > 0 && words_[word].small && Spells(letters, longest, word + 1, used);
}

bool NameIndex::HoldsInFull(std::string_view acronym) const {
  if (acronym.size() > 2 && acronym.back() == 's') acronym.remove_suffix(1);
  if (acronym.size() < 2 || acronym.size() > 8) return false;
  const auto spells = [](char c) { return IsAlpha(c) || c == '2'; };
  if (!std::all_of(acronym.begin(), acronym.end(), spells)) return false;
  std::array<char, 8> lower{};
  std::transform(acronym.begin(), acronym.end(), lower.begin(), Lower);
  const std::string_view as_lower(lower.data(), acronym.size());
  const auto* const known = std::lower_bound(
      kLongForms.begin(), kLongForms.end(), as_lower,
      [](const LongForm& form, std::string_view what) { return form.acronym < what; });
  if (known != kLongForms.end() && known->acronym == as_lower && HoldsWordFrom(known->stem)) {
    return true;
  }
  // "LoRA" and "ELBO" take more than the first letter of a word.
  const bool mixed = std::any_of(acronym.begin(), acronym.end(), IsLower);
  const size_t longest = mixed || acronym.size() > 3 ? 3 : 1;
  for (size_t word = 0; word < words_.size(); ++word) {
    if (words_[word].small || Lower(text_[words_[word].begin]) != Lower(acronym[0])) continue;
    if (Spells(acronym, longest, word, 0)) return true;
  }
  return false;
}

bool NameIndex::HoldsPart(std::string_view part, bool weak) const {
  const Shape shape = ShapeOf(part);
  if (shape.letters < 2 && !shape.digit) return true;
  if (!shape.upper && !shape.digit) return true;  // an ordinary word of a compound
  if (HoldsKey(part) || IsGeneral(part) || IsRoman(part)) return true;
  if (FindUnit(part) != nullptr) return true;  // judged with its number
  if (shape.capital()) return HoldsStem(part) || (weak && HoldsInFull(part));
  return HoldsInFull(part);
}

bool NameIndex::Holds(std::string_view name, bool weak) const {
  if (HoldsKey(name)) return true;
  bool holds = true;
  std::string_view before;
  bool parts = false;
  ForParts(name, [&](std::string_view part, size_t begin) {
    const Shape shape = ShapeOf(part);
    if (shape.letters == 0 && before.empty()) {
      // "8-GPU": a number, and judged as one.
    } else if (shape.letters == 0) {
      // Digits are nothing without what they number.
      const size_t first = static_cast<size_t>(before.data() - name.data());
      holds = holds && HoldsKey(name.substr(first, begin + part.size() - first));
    } else {
      holds = holds && HoldsPart(part, weak);
    }
    parts = parts || begin > 0;
    before = part;
  });
  if (holds) return true;
  // "VL-RL": an acronym with a hyphen.
  std::string joined;
  for (const char c : name) {
    if (IsWordByte(c)) joined += c;
  }
  return parts && HoldsInFull(joined);
}

bool NameIndex::HoldsAcronymOf(const std::vector<std::string_view>& words) const {
  std::string acronym;
  for (const std::string_view word : words) {
    ForParts(word, [&](std::string_view part, size_t) { acronym += part[0]; });
  }
  return acronym.size() > 1 && HoldsKey(acronym);
}

}  // namespace paperwire::grounding
