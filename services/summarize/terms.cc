#include "services/summarize/terms.h"

#include <algorithm>

#include "services/summarize/term_words.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kShortest = 3;
constexpr size_t kLongestName = 24;

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBeyond(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool IsLetter(char c) { return IsUpper(c) || (c >= 'a' && c <= 'z') || IsBeyond(c); }
bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c); }
// Dashes, quotes and other signs from U+2000 on have three bytes of which this is the first.
bool IsSign(char c) { return static_cast<unsigned char>(c) == 0xE2; }

bool IsName(std::string_view word) {
  if (word.size() < 2 || word.size() > kLongestName ||
      std::any_of(word.begin(), word.end(), IsBeyond)) {
    return false;
  }
  size_t upper = 0;
  size_t inside = 0;
  for (size_t i = 0; i < word.size(); ++i) {
    if (!IsUpper(word[i])) continue;
    ++upper;
    // "Cross-Entropy" only begins its words with capitals.
    if (i > 0 && word[i - 1] != '-') ++inside;
  }
  const bool digits = std::any_of(word.begin(), word.end(), IsDigit);
  return upper > 0 && (inside > 0 || digits);
}

// Measures and the like, which every other abstract holds.
bool IsEverybodys(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "AI",      "ML",      "DL",     "GPU",   "GPUs", "CPU",  "CPUs", "TPU",  "TPUs",
      "AUC",     "AUROC",   "AUPRC",  "F1",    "RMSE", "MAE",  "MSE",  "MAPE", "SOTA",
      "API",     "APIs",    "FPR",    "TPR",   "ROC",  "US",   "USA",  "UK",   "EU",
      "II",      "III",     "IV",     "ID",    "A100", "H100", "PSNR", "SSIM", "FID",
      "FLOPs",   "PyTorch", "GitHub", "arXiv", "iid",  "IID",  "PhD",  "STEM", "COVID-19",
      "NeurIPS", "ICML",    "ICLR",   "CVPR"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

bool BeginsSentence(std::string_view text, size_t at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '(' || text[at - 1] == '"')) --at;
  return at == 0 || text[at - 1] == '.' || text[at - 1] == '?' || text[at - 1] == '!' ||
         text[at - 1] == ':';
}

}  // namespace

TermRuns::TermRuns(std::string_view text) : text_(text), lower_(text) {
  bool math = false;
  for (char& c : lower_) {
    const bool sign = c == '$';
    if (sign || math) c = '.';
    if (sign) math = !math;
    if (IsUpper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  folded_ = lower_;
  std::replace(folded_.begin(), folded_.end(), '-', ' ');
  words_.reserve(text.size() / 8);
  small_.reserve(text.size() / 6);
  stretches_.emplace_back();
  Word before;
  for (size_t i = 0; i < lower_.size();) {
    if (IsSign(lower_[i])) {
      i += 3;
      continue;
    }
    if (!IsWordByte(lower_[i])) {
      ++i;
      continue;
    }
    Word word{.begin = i, .end = i};
    while (i < lower_.size() && !IsSign(lower_[i]) &&
           (IsWordByte(lower_[i]) || (lower_[i] == '-' && i + 1 < lower_.size() &&
                                      IsWordByte(lower_[i + 1]) && !IsSign(lower_[i + 1])))) {
      ++i;
    }
    word.end = i;
    Add(word, before);
    before = word;
  }
  for (const Stretch& stretch : stretches_) {
    if (stretch.begin == stretch.end) continue;
    runs_.push_back({.words = std::span(words_).subspan(stretch.begin, stretch.end - stretch.begin),
                     .acronym = stretch.acronym});
  }
}

void TermRuns::Add(Word at, Word before) {
  const std::string_view lower = std::string_view(lower_).substr(at.begin, at.end - at.begin);
  TermWord word{.text = Written(at),
                .folded = std::string_view(folded_).substr(at.begin, at.end - at.begin)};
  NoteCapital(at);
  const std::string_view gap = std::string_view(lower_).substr(before.end, at.begin - before.end);
  // "1.2M" is a number.
  const bool number = IsDigit(word.text.front()) && at.begin > 0 && text_[at.begin - 1] != ' ' &&
                      text_[at.begin - 1] != '(';
  word.name = IsName(word.text) && !number;
  const bool open = stretches_.back().begin < stretches_.back().end;
  if (word.name && gap == " (" && open) stretches_.back().acronym = word.text;
  const bool follows =
      gap == " " && open && words_.back().text.data() == text_.data() + before.begin;
  if (!follows) Break();
  if (word.name) {
    if (IsEverybodys(word.text)) return Break();
    // "SA-based"
    word.may_end = word.may_be =
        lower.find('-') == std::string_view::npos || (TermClassesOf(lower) & kOnlyDescribes) == 0;
  } else {
    const uint32_t classes = TermClassesOf(lower);
    const bool joins = follows && lower == "of" && takes_of_;
    const bool plain = std::all_of(word.text.begin(), word.text.end(),
                                   [](char c) { return IsLetter(c) || c == '-'; });
    if (!joins && (!plain || word.text.size() < kShortest || (classes & kBreaksTerms) != 0)) {
      return Break();
    }
    if ((classes & kBeginsAnew) != 0) Break();
    if (joins) words_.back().may_end = false;
    word.general = joins || (classes & kSaysLittle) != 0;
    word.may_begin = !joins;
    word.may_end = !joins && (classes & kOnlyDescribes) == 0;
    word.may_be = (classes & kNamesAThing) != 0;
    word.doubtful = (classes & kDoubtful) != 0;
    word.verb = (classes & kMaybeVerb) != 0;
    word.person = (classes & kAfterAPerson) != 0;
    takes_of_ = (classes & kTakesOf) != 0;
  }
  words_.push_back(word);
  ++stretches_.back().end;
}

void TermRuns::Break() {
  if (stretches_.back().begin == stretches_.back().end) return;
  stretches_.push_back({.begin = words_.size(), .end = words_.size(), .acronym = {}});
}

void TermRuns::NoteCapital(Word at) {
  const std::string_view lower = std::string_view(lower_).substr(at.begin, at.end - at.begin);
  const bool beside = capital_end_ != 0 && at.begin == capital_end_ + 1;
  if (!IsUpper(Written(at).front())) {
    small_.push_back(lower);
    // "Mixture of Experts"
    if (beside && (lower == "of" || lower == "and" || lower == "for")) capital_end_ = at.end;
    return;
  }
  // Of capitals in a row none is the word's own: "Gaussian Process (GP)".
  if (beside && noted_) capital_.pop_back();
  capital_end_ = IsName(Written(at)) ? 0 : at.end;
  noted_ = capital_end_ != 0 && !beside && !BeginsSentence(text_, at.begin);
  if (noted_) capital_.push_back(lower);
}

bool TermRuns::WritesSmall(std::string_view lower) const {
  return std::find(small_.begin(), small_.end(), lower) != small_.end();
}

bool TermRuns::WritesCapital(std::string_view lower) const {
  return std::find(capital_.begin(), capital_.end(), lower) != capital_.end();
}

}  // namespace paperwire::summarize
