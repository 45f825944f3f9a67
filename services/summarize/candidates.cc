#include "services/summarize/candidates.h"

#include <algorithm>

#include "libs/grounding/sentences.h"
#include "services/summarize/clause_ends.h"
#include "services/summarize/clause_starts.h"
#include "services/summarize/grammar.h"
#include "services/summarize/sentence_words.h"
#include "services/summarize/word_classes.h"

namespace paperwire::summarize {
namespace {

constexpr size_t kLongestSentence = 4000;
constexpr int kMinWords = 4;

Candidate Whole(std::string_view sentence) {
  Candidate whole;
  whole.parts[0] = {0, static_cast<uint32_t>(sentence.size())};
  whole.count = 1;
  whole.words = static_cast<uint16_t>(std::min(grounding::CountWords(sentence), 0xFFFF));
  return whole;
}

class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text), g_(text) {}

  std::vector<Candidate> Run() {
    out_.reserve(kMostCandidates);
    out_.push_back(Whole(text_));
    if (g_.size() < kMinWords) return std::move(out_);
    // The most useful first: the list is bounded.
    const size_t start = AfterOpening(g_);
    const std::vector<Clause> clauses = ClausesFrom(g_, start);
    Clause all;
    all.span = {start, g_.size()};
    all.cuts = start > 0 ? kOpeningDropped : kWhole;
    all.verb = clauses.front().verb;
    Emit(all, all.span.end);
    if (clauses.size() > 1) {
      for (const Clause& clause : clauses) Emit(clause, clause.span.end);
    }
    for (const Clause& clause : clauses) {
      const size_t that = AfterReport(g_, clause);
      if (that == 0) continue;
      Clause finding;
      finding.span = {that, clause.span.end};
      finding.cuts = clause.cuts | kReportDropped;
      finding.verb = g_.MainVerb(that, clause.span.end);
      Emit(finding, finding.span.end);
      EmitEnds(finding);
    }
    for (const Clause& clause : clauses) EmitEnds(clause);
    if (start > 0) {
      Clause whole;
      whole.span = {0, g_.size()};
      whole.verb = clauses.front().verb;
      Emit(whole, whole.span.end);
      EmitEnds(whole);
    }
    return std::move(out_);
  }

 private:
  void EmitEnds(const Clause& clause) {
    if (clause.verb >= clause.span.end) return;
    ClauseEnds(g_, clause, ends_);
    for (const size_t end : ends_) Emit(clause, end);
  }

  // Whether one of the first words points at what a cut has taken away.
  bool PointsBack(const WordSpan& span) const;
  void Emit(const Clause& clause, size_t end);
  bool AddPart(Candidate& candidate, const WordSpan& span) const;
  uint32_t OpeningSign(size_t word) const;
  uint32_t PartBegin(size_t word) const;
  uint32_t PartEnd(size_t word) const;

  const std::string_view text_;
  const Grammar g_;
  std::vector<size_t> ends_;
  std::vector<Candidate> out_;
};

// The quotation mark or bracket that opens at the word, or the word.
uint32_t Cutter::OpeningSign(size_t word) const {
  uint32_t begin = g_.word(word).begin;
  const uint32_t floor = word > 0 ? g_.word(word - 1).end : 0;
  while (begin > floor && text_[begin - 1] != ' ') --begin;
  const uint32_t spaced = begin;
  while (begin < g_.word(word).begin && text_[begin] != '"' && text_[begin] != '(' &&
         text_[begin] != '[' && text_.substr(begin, 3) != "\xE2\x80\x9C") {
    ++begin;
  }
  return spaced == floor && word > 0 ? g_.word(word).begin : begin;
}

// The same, or the comma after a bracket.
uint32_t Cutter::PartBegin(size_t word) const {
  const uint32_t begin = OpeningSign(word);
  if (word == 0 || !g_.word(word - 1).bracketed) return begin;
  const size_t close = text_.substr(0, begin).find_last_of(")]");
  if (close == std::string_view::npos || close < g_.word(word - 1).end) return begin;
  const size_t sign = text_.find_first_not_of(' ', close + 1);
  return sign == close + 1 && sign < begin ? static_cast<uint32_t>(sign) : begin;
}

uint32_t Cutter::PartEnd(size_t word) const {
  uint32_t end = g_.word(word).end;
  while (end < text_.size() && (text_[end] == '"' || text_[end] == ')' || text_[end] == ']')) ++end;
  if (text_.substr(end, 3) == "\xE2\x80\x9D") end += 3;
  return end;
}

// Adds the words of `span` without asides and sequels; false when they are too many parts.
bool Cutter::AddPart(Candidate& candidate, const WordSpan& span) const {
  size_t begin = span.begin;
  const size_t sequels = begin + 8;
  while (begin < span.end) {
    if (g_.IsAside(begin)) {
      candidate.cuts |= kAsideDropped;
      ++begin;
      continue;
    }
    if (begin <= sequels && g_.IsIdleSequel(begin)) {
      candidate.cuts |= kOpeningDropped;
      ++begin;
      continue;
    }
    size_t end = begin + 1;
    while (end < span.end && !g_.IsAside(end) && !(end <= sequels && g_.IsIdleSequel(end))) ++end;
    if (candidate.count == Candidate::kMostRanges) return false;
    const uint32_t first = candidate.count > 0 ? PartBegin(begin) : OpeningSign(begin);
    candidate.parts[candidate.count++] = {first, PartEnd(end - 1)};
    begin = end;
  }
  return true;
}

bool Cutter::PointsBack(const WordSpan& span) const {
  constexpr size_t kFirst = 6;
  for (size_t i = span.begin; i < std::min(span.end, span.begin + kFirst); ++i) {
    if (!g_.Is(i, kPointer) || g_.Is(i + 1, kPaper) || g_.Same(i, "such")) continue;
    // "Models keep their speed" points at its own words.
    if (g_.Any(i, {"their", "them", "its", "itself", "themselves"}) && i > span.begin + 2) continue;
    return true;
  }
  return false;
}

// Adds the clause up to word `end`, if it stands.
void Cutter::Emit(const Clause& clause, size_t end) {
  const WordSpan span{clause.span.begin, end};
  if (out_.size() >= kMostCandidates || span.size() == 0) return;
  const bool own_subject = clause.subject.size() == 0;
  if (own_subject && g_.MainVerb(span.begin, span.end) == span.end) return;
  // "It" and "their" of a second clause meant something in the first.
  constexpr size_t kConnective = 4;
  if ((!own_subject || span.begin > kConnective) && PointsBack(span)) return;
  size_t last = span.end - 1;
  while (last > span.begin && g_.IsAside(last)) --last;
  if (g_.Is(last, kOpenEnd)) return;
  // "… and improves."
  const bool verb_last = g_.Is(last, kVerbS) || (g_.Is(last, kTelling) && g_.Is(last, kVerbBase));
  if (verb_last && !g_.Is(last, kMaybeNoun)) return;
  if (g_.Is(last, kVerbBase) && g_.Is(last - 1, kConjunction)) return;
  if (end < clause.span.end && g_.LeavesOpen(span)) return;

  Candidate candidate;
  candidate.cuts = static_cast<uint8_t>(clause.cuts | (end < clause.span.end ? kTailCut : 0));
  if (!own_subject && !AddPart(candidate, clause.subject)) return;
  if (!AddPart(candidate, span)) return;
  // The sentence itself, but for its stop.
  if (candidate.count == 0 || candidate.cuts == kWhole) return;
  for (const Candidate& other : out_) {
    if (other.count == candidate.count &&
        std::equal(other.kept().begin(), other.kept().end(), candidate.kept().begin())) {
      return;
    }
  }
  const std::string text = TextOf(text_, candidate);
  const int words = grounding::CountWords(text);
  if (words < kMinWords || !IsBalanced(text)) return;
  candidate.words = static_cast<uint16_t>(words);
  out_.push_back(candidate);
}

}  // namespace

std::vector<Candidate> Candidates(std::string_view sentence) {
  if (sentence.empty()) return {};
  if (sentence.size() > kLongestSentence) return {Whole(sentence)};
  return Cutter(sentence).Run();
}

std::string TextOf(std::string_view sentence, const Candidate& candidate) {
  std::string text;
  text.reserve(sentence.size() + 1);
  for (const ByteRange& range : candidate.kept()) {
    const std::string_view part = sentence.substr(range.begin, range.end - range.begin);
    const bool sign = !part.empty() && (part[0] == ',' || part[0] == ';' || part[0] == ':');
    if (!text.empty() && !sign) text += ' ';
    text += part;
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == ',' || text.back() == ';' ||
                           text.back() == ':' || text.back() == '-')) {
    text.pop_back();
  }
  if (text.empty()) return text;
  Capitalize(text);
  if (text.back() != '.' && text.back() != '!' && text.back() != '?') text += '.';
  return text;
}

bool HasFiniteVerb(std::string_view text) {
  return Grammar(text.substr(0, kLongestSentence)).HasMainVerb();
}

bool IsBalanced(std::string_view text) {
  int round = 0;
  int square = 0;
  int curly = 0;
  int dollars = 0;
  int quotes = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '$' && (i == 0 || text[i - 1] != '\\')) ++dollars;
    if (dollars % 2 == 1) continue;
    if (c == '(') ++round;
    if (c == ')' && --round < 0) return false;
    if (c == '{') ++curly;
    if (c == '}' && --curly < 0) return false;
    if (c == '[') ++square;
    if (c == ']' && --square < 0) return false;
    if (c == '"') ++quotes;
    if (text.substr(i, 3) == "\xE2\x80\x9C") ++quotes;
    if (text.substr(i, 3) == "\xE2\x80\x9D") ++quotes;
  }
  return round == 0 && square == 0 && curly == 0 && dollars % 2 == 0 && quotes % 2 == 0;
}

}  // namespace paperwire::summarize
