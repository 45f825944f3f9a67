#include "libs/grounding/name_index.h"

#include <algorithm>
#include <array>

#include "libs/grounding/name_parts.h"
#include "libs/grounding/units.h"

namespace paperwire::grounding {
namespace {

constexpr size_t kPieces = 8;
constexpr size_t kShortestStem = 5;
// Odd, so that every power of it is worth something modulo 2^64.
constexpr uint64_t kBase = 0x9E3779B97F4A7C15ull;

// Words that name no work of anybody: a card may speak of them where its source does not. Sorted.
constexpr std::array<std::string_view, 18> kGeneral = {"ai",  "api", "cpu", "dl",   "dnn", "flop",
                                                       "gpu", "gui", "id",  "llm",  "ml",  "nlp",
                                                       "nn",  "ood", "rl",  "sota", "url", "usa"};

// Acronyms whose long form is rarely told whole: a word that begins so in the source is enough.
// Sorted.
struct LongForm {
  std::string_view acronym;
  std::string_view stem;
};
constexpr std::array<LongForm, 20> kLongForms = {
    {{"auc", "area"},        {"cnn", "convolution"},  {"dae", "differential"},
     {"dag", "acyclic"},     {"gan", "adversarial"},  {"iou", "intersection"},
     {"kl", "kullback"},     {"mlp", "perceptron"},   {"mmwave", "millimet"},
     {"mri", "magnetic"},    {"ode", "differential"}, {"pde", "differential"},
     {"pv", "photovoltaic"}, {"sdp", "semidefinite"}, {"sgd", "stochastic"},
     {"snr", "signal"},      {"ssl", "supervised"},   {"uav", "unmanned"},
     {"vae", "variational"}, {"vit", "vision"}}};

// Words that are written in one and count two letters in an acronym ("VAE").
constexpr std::array<std::string_view, 8> kPrefixes = {"auto",  "electro", "hyper", "micro",
                                                       "multi", "photo",   "semi",  "spatio"};

// An acronym may leave these out. Sorted.
constexpr std::array<std::string_view, 14> kSmall = {"a",  "an", "and", "as",  "by", "for", "from",
                                                     "in", "of", "on",  "the", "to", "via", "with"};

// No acronym runs over these. Sorted.
constexpr std::array<std::string_view, 60> kCommon = {
    "across",  "against", "also",  "are",  "be",      "been",    "between", "both",  "but",
    "can",     "could",   "do",    "does", "each",    "has",     "have",    "how",   "however",
    "into",    "is",      "it",    "its",  "may",     "more",    "most",    "not",   "off",
    "only",    "or",      "our",   "over", "propose", "provide", "show",    "shows", "such",
    "than",    "that",    "their", "them", "then",    "these",   "they",    "this",  "those",
    "through", "under",   "use",   "uses", "using",   "was",     "we",      "were",  "when",
    "where",   "which",   "while", "will", "within",  "without"};

bool IsCommon(std::string_view word) {
  if (word.size() > 7) return false;
  std::array<char, 7> lower{};
  std::transform(word.begin(), word.end(), lower.begin(), Lower);
  return std::binary_search(kCommon.begin(), kCommon.end(),
                            std::string_view(lower.data(), word.size()));
}

bool IsSmall(std::string_view word) {
  if (word.size() > 4) return false;
  std::array<char, 4> lower{};
  std::transform(word.begin(), word.end(), lower.begin(), Lower);
  return std::binary_search(kSmall.begin(), kSmall.end(),
                            std::string_view(lower.data(), word.size()));
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

// Never 0, which is an empty place.
uint32_t Shortened(uint64_t hash) { return static_cast<uint32_t>(hash * kBase >> 32) | 1u << 31; }

}  // namespace

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
    Word word{.begin = static_cast<uint32_t>(i), .end = 0, .breaks = false};
    for (size_t k = end_before; k < i; ++k) {
      const char c = text_[k];
      word.breaks = word.breaks || c == '.' || c == ';' || c == ':' || c == '!' || c == '?' ||
                    c == '(' || c == ')' || c == ',';
    }
    while (i < text_.size() && IsWordByte(text_[i])) ++i;
    word.end = static_cast<uint32_t>(i);
    end_before = i;
    const std::string_view known = text_.substr(word.begin, word.end - word.begin);
    if (known.size() > 2 && known.size() < 8 && IsUpper(known[0]) && IsUpper(known[1])) {
      acronyms_.push_back(known.back() == 's' ? known.substr(0, known.size() - 1) : known);
    }
    words_.push_back(word);
  }
}

void NameIndex::AddKeys() {
  struct Piece {
    Key key;
    // Without its last s.
    Key singular;
    bool plural = false;
    // A name may go on from here to the next piece: not over a space between ordinary words.
    bool joins = false;
    bool named = false;
  };
  std::vector<Piece> pieces;
  pieces.reserve(words_.size() * 2);
  for (size_t w = 0; w < words_.size(); ++w) {
    const Word& word = words_[w];
    Piece piece;
    // "4.1" is one piece: GPT-4.1 is no GPT-41.
    const bool decimals = w > 0 && IsPoint(text_, word.begin - 1) && !pieces.empty();
    if (decimals) {
      piece = pieces.back();
      pieces.pop_back();
      piece.key.Add('.');
    }
    for (size_t i = word.begin; i < word.end; ++i) {
      const char c = text_[i];
      const char before = i > word.begin ? text_[i - 1] : '\0';
      const bool breaks =
          before != '\0' &&
          ((IsLower(before) && IsUpper(c)) || (IsDigit(before) != IsDigit(c)) ||
           (IsUpper(before) && IsUpper(c) && i + 1 < word.end && IsLower(text_[i + 1])));
      if (breaks) {
        piece.joins = true;
        pieces.push_back(piece);
        piece = Piece();
      }
      piece.named = piece.named || IsUpper(c) || IsDigit(c);
      piece.plural = c == 's';
      if (piece.plural) piece.singular = piece.key;
      piece.key.Add(c);
    }
    piece.joins = word.end < text_.size() && text_[word.end] == '-';
    pieces.push_back(piece);
  }
  for (size_t i = 0; i + 1 < pieces.size(); ++i) {
    pieces[i].joins = pieces[i].joins || pieces[i].named || pieces[i + 1].named;
  }
  size_t places = 64;
  size_t keys = words_.size();
  for (const Piece& piece : pieces) keys += piece.joins ? kPieces + 2 : 2;
  while (places < keys * 2) places *= 2;
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
      if (!pieces[k].joins) break;
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

void NameIndex::Insert(uint64_t hash) {
  const uint32_t key = Shortened(hash);
  size_t place = key & (keys_.size() - 1);
  while (keys_[place] != 0 && keys_[place] != key) place = (place + 1) & (keys_.size() - 1);
  keys_[place] = key;
}

bool NameIndex::Contains(uint64_t hash) const {
  const uint32_t key = Shortened(hash);
  size_t place = key & (keys_.size() - 1);
  while (keys_[place] != 0 && keys_[place] != key) place = (place + 1) & (keys_.size() - 1);
  return keys_[place] == key;
}

bool NameIndex::HoldsKey(std::string_view name) const {
  Key key;
  Key singular;
  bool plural = false;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!IsWordByte(c) && !IsPoint(name, i)) continue;
    plural = c == 's' && key.power != 1;
    if (plural) singular = key;
    key.Add(c);
  }
  return Contains(key.hash) || (plural && Contains(singular.hash));
}

bool NameIndex::HoldsInARow(std::string_view words) const {
  std::vector<std::string_view> asked;
  for (size_t i = 0; i < words.size();) {
    size_t end = i;
    while (end < words.size() && IsWordByte(words[end])) ++end;
    if (end > i) asked.push_back(words.substr(i, end - i));
    i = end + 1;
  }
  const auto same = [](std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return Lower(x) == Lower(y); });
  };
  const auto singular = [](std::string_view word) {
    return word.size() > 2 && word.back() == 's' ? word.substr(0, word.size() - 1) : word;
  };
  for (size_t at = 0; !asked.empty() && at + asked.size() <= words_.size(); ++at) {
    size_t k = 0;
    while (k + 1 < asked.size() && same(TextOf(at + k), asked[k]) && !words_[at + k + 1].breaks) {
      ++k;
    }
    if (k + 1 == asked.size() && same(singular(TextOf(at + k)), singular(asked[k]))) return true;
  }
  return false;
}

bool NameIndex::HoldsStem(std::string_view word) const {
  if (word.size() < kShortestStem) return false;
  return HoldsWordFrom(word.substr(0, std::max(kShortestStem, word.size() - 3)));
}

bool NameIndex::HoldsWordFrom(std::string_view stem) const {
  return std::any_of(words_.begin(), words_.end(), [&](const Word& known) {
    return known.end - known.begin >= stem.size() &&
           std::equal(stem.begin(), stem.end(), text_.begin() + known.begin,
                      [](char a, char b) { return Lower(a) == Lower(b); });
  });
}

std::string_view NameIndex::TextOf(size_t word) const {
  return text_.substr(words_[word].begin, words_[word].end - words_[word].begin);
}

bool NameIndex::IsSmallWord(size_t word) const {
  if (word >= words_.size()) return false;
  const std::string_view text = TextOf(word);
  // The s of "bird's" is one too.
  return IsSmall(text) ||
         (text == "s" && word > 0 && words_[word - 1].end + 1 == words_[word].begin);
}

bool NameIndex::Spells(std::string_view letters, size_t longest, size_t word, size_t used) const {
  if (letters.empty()) return used > 1 && !IsSmallWord(word - 1);
  if (word >= words_.size() || IsCommon(TextOf(word)) || (used > 0 && words_[word].breaks)) {
    return false;
  }
  const std::string_view known = TextOf(word);
  // "FOV", "MoE": the o is of.
  const bool may_count = !IsSmallWord(word) || longest > 1 ||
                         (used > 0 && (EqualsLower(known, "of") || EqualsLower(known, "to")));
  for (size_t n = 1; may_count && n <= std::min({longest, letters.size(), known.size()}); ++n) {
    if (Lower(known[n - 1]) != Lower(letters[n - 1])) break;
    // Of "LoRA", the o goes on with the word of the L, and the R begins another.
    if (n > 1 && longest > 2 && !IsLower(letters[n - 1])) break;
    if (longest > 2 && n < letters.size() && IsLower(letters[n]) && !IsSmallWord(word + 1))
      continue;
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
  return used > 0 && IsSmallWord(word) && Spells(letters, longest, word + 1, used);
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
  // One letter off an acronym of the source, it is a slip and no other acronym.
  const bool slip = std::any_of(acronyms_.begin(), acronyms_.end(), [&](std::string_view other) {
    if (other.size() != acronym.size()) return false;
    size_t differ = 0;
    for (size_t i = 0; i < other.size(); ++i) differ += other[i] != acronym[i];
    return differ == 1;
  });
  if (slip) return false;
  // "LoRA" and "ELBO" take more than the first letter of a word.
  const bool mixed = std::any_of(acronym.begin(), acronym.end(), IsLower);
  const size_t longest = mixed ? 3 : acronym.size() > 3 ? 2 : 1;
  for (size_t word = 0; word < words_.size(); ++word) {
    const bool starts = !IsSmallWord(word) || EqualsLower(TextOf(word), "in");  // "in situ"
    if (!starts || Lower(text_[words_[word].begin]) != Lower(acronym[0])) continue;
    if (Spells(acronym, longest, word, 0)) return true;
  }
  return false;
}

bool NameIndex::HoldsPart(std::string_view part, bool weak) const {
  const Shape shape = ShapeOf(part);
  if (shape.letters < 2 && !shape.digit) return true;
  if (!shape.upper && !shape.digit) return true;  // an ordinary word of a compound
  if (HoldsKey(part) || IsGeneral(part) || IsRoman(part)) return true;
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
    // The 8 of "8-GPU" and the unit of "13-DoF" are judged as numbers.
    const bool number = shape.letters == 0 && before.empty();
    const bool unit = !before.empty() && IsDigit(before.back()) && IsUnitSymbol(part);
    if (number || unit) {
      before = part;
      parts = parts || begin > 0;
      return;
    }
    if (IsDigit(part[0]) && !before.empty()) {
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
