#include "services/summarize/chooser.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "libs/grounding/phrases.h"
#include "libs/grounding/sentences.h"
#include "paperwire/v1/paper.pb.h"
#include "services/summarize/implications.h"
#include "services/summarize/pointers.h"
#include "services/summarize/role_features.h"
#include "services/summarize/third_person.h"

namespace paperwire::summarize {
namespace {

constexpr int kTldrWords = 30;
// What a highlight may have, first wanted, then allowed where there are too few.
struct Pass {
  int words;
  size_t wanted;
  // Also what stands before the paper speaks of itself.
  bool background;
};
constexpr std::array<Pass, 5> kHighlightPasses = {
    {{18, 4, false}, {22, 4, false}, {30, 3, false}, {45, 3, false}, {26, 3, true}}};
constexpr int kShortestLine = 5;
// A highlight whose end was cut off says too little with fewer.
constexpr int kShortestCut = 8;
// A tldr that points at what is not there is printed when it scores this much more than the next.
constexpr double kWorthPointing = 20;
constexpr int kSummaryWords = 165;
constexpr int kSectionWords = 62;
constexpr int kEnoughForSection = 40;
// Two lines that share more than this of the shorter one's words say the same.
constexpr double kSame = 0.6;

size_t Part(v1::Section section) { return static_cast<size_t>(section) - 1; }

// A sentence with less log-odds for every section stands in none. Chosen on the reference cards,
// with LeanTo (docs/models.md).
constexpr double kLeastOdds = -2;

// What a sentence says in so many words.
struct Says {
  bool proposes = false;
  bool finds = false;
  bool implies = false;
};

Says WhatItSays(std::string_view sentence, bool late) {
  static const grounding::PhraseSet kVerbs(
      std::vector<std::string>{"we propose",       "we introduce",   "we present",
                               "we develop",       "we design",      "paper proposes",
                               "paper introduces", "paper presents", "work proposes",
                               "work introduces",  "we prove",       "we show that",
                               "we find that",     "we observe",     "we demonstrate that",
                               "outperforms",      "outperform",     "reveals that",
                               "reveal that",      "results show",   "results demonstrate"});
  constexpr uint32_t kProposals = 11;
  std::vector<grounding::Word> words;
  grounding::ReadWords(sentence, words);
  Says says;
  kVerbs.Match(sentence, words, [&](const grounding::PhraseSet::Hit& hit) {
    (hit.phrase < kProposals ? says.proposes : says.finds) = true;
  });
  says.implies = late && !says.proposes && SpeaksOfImplications(sentence, words);
  return says;
}

// What the notes that the scorers learned from cannot teach: a card speaks of what a paper brings,
// not of the world before it, and only a sentence that says so tells what follows.
PartScores LeanTo(const PartScores& scores, const RoleProbabilities& roles, Says says) {
  const double background = roles[static_cast<size_t>(Role::kBackground)];
  const double objective = roles[static_cast<size_t>(Role::kObjective)];
  const double result = roles[static_cast<size_t>(Role::kResult)];
  PartScores leaning = scores;
  leaning[Part(v1::SECTION_TLDR)] -= 8 * background;
  leaning[Part(v1::SECTION_HIGHLIGHTS)] -= 4 * background;
  leaning[Part(v1::SECTION_SUMMARY)] += 3 * objective - 0.5 * background;
  leaning[Part(v1::SECTION_METHODOLOGY)] +=
      objective + (says.proposes ? 2 : 0) - (says.finds ? 1 : 0);
  leaning[Part(v1::SECTION_RESULTS)] += 0.5 + 2 * result + (says.finds ? 1 : 0);
  leaning[Part(v1::SECTION_IMPLICATIONS)] += says.implies ? 4 : -1;
  return leaning;
}

// Whether a sentence of these roles can be in a section at all, whatever its words.
bool Suits(v1::Section section, const RoleProbabilities& roles, bool late) {
  const auto of = [&](Role role) { return roles[static_cast<size_t>(role)]; };
  switch (section) {
    case v1::SECTION_METHODOLOGY:
      return of(Role::kBackground) < 0.7;
    case v1::SECTION_RESULTS:
      return of(Role::kResult) > 0.1;
    case v1::SECTION_IMPLICATIONS:
      // What follows from a paper is told after it.
      return late && of(Role::kResult) + of(Role::kOther) > 0.3;
    default:
      return false;
  }
}

// Whether a list is begun and not gone on with ("(i) a router." and nothing more), or gone on with
// and not begun.
bool BreaksList(std::string_view text) {
  const auto has = [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; };
  return text.starts_with("(") || (has("(i)") && !has("(ii)")) || (has("(1)") && !has("(2)")) ||
         (has("(a)") && !has("(b)"));
}

// Whether a line whose end was cut off ends with a word that wanted what came after it: "emphasizes
// the need." of what?
bool IsStump(const Candidate& candidate, std::string_view text) {
  if ((candidate.cuts & kTailCut) == 0) return false;
  static const std::vector<uint32_t> kWanting = [] {
    std::vector<uint32_t> hashes;
    for (const char* word :
         {"need",       "ability",    "account",     "importance",  "potential",   "effect",
          "effects",    "impact",     "role",        "lack",        "number",      "amount",
          "degree",     "existence",  "presence",    "extent",      "choice",      "primitive",
          "attributes", "directions", "limitations", "possibility", "feasibility", "aim"}) {
      hashes.push_back(HashWord(word));
    }
    return hashes;
  }();
  std::vector<Token> tokens;
  ReadTokens(text, tokens);
  return !tokens.empty() &&
         std::find(kWanting.begin(), kWanting.end(), tokens.back().hash) != kWanting.end();
}

// Sorted hashes of the words that say something.
std::vector<uint32_t> Content(std::string_view text) {
  std::vector<Token> tokens;
  ReadTokens(text, tokens);
  std::vector<uint32_t> words;
  for (const Token& token : tokens) {
    if (token.end - token.begin > 3) words.push_back(token.hash);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

double Overlap(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  if (a.empty() || b.empty()) return 0;
  size_t common = 0;
  for (const uint32_t word : a) common += std::binary_search(b.begin(), b.end(), word);
  return static_cast<double>(common) / static_cast<double>(std::min(a.size(), b.size()));
}

// An abstract's last sentence sometimes comes without its stop.
std::string WithStop(std::string text) {
  const char last = text.empty() ? '.' : text.back();
  const bool word = (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z') ||
                    (last >= '0' && last <= '9') || last == ')' || last == '$' || last == '%';
  if (word) text += '.';
  return text;
}

void Append(std::string& text, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!text.empty()) text += ' ';
  text += sentence;
}

}  // namespace

Chooser::Chooser(const Reading& reading) : reading_(reading) {
  const size_t count = reading.texts.size();
  PartFeatures reader(reading.title, reading.texts, reading.tokens, reading.roles, reading.leans);
  CandidateFeatures features;
  best_.resize(count);
  while (own_ < count && !SpeaksOfItself(reading.tokens[own_])) ++own_;
  if (own_ == count) own_ = 0;
  choices_.reserve(count * 6);
  for (size_t i = 0; i < count; ++i) {
    whole_.push_back(choices_.size());
    best_[i].fill(-1e9);
    const Says says = WhatItSays(reading.texts[i], 2 * i >= count);
    for (const Candidate& candidate : Candidates(reading.texts[i])) {
      reader.Read(i, candidate, features);
      const PartScores scores =
          LeanTo(PartModel::Trained().Score(features), reading.roles[i], says);
      choices_.push_back({.sentence = i, .candidate = candidate, .scores = scores});
      for (size_t part = 0; part < kParts; ++part) {
        best_[i][part] = std::max(best_[i][part], scores[part]);
      }
    }
    const std::string_view text = reading.texts[i];
    told_.push_back(WithStop(ThirdPerson(text)));
    words_.push_back(grounding::CountWords(told_.back()));
    plain_.push_back(words_.back() >= 4 && !text.ends_with('?') && IsBalanced(text) &&
                     HasFiniteVerb(text) && !HasFirstPerson(told_.back()));
  }
}

std::string Chooser::Alone(const Choice& choice) const {
  return ThirdPerson(WithoutConnective(TextOf(reading_.texts[choice.sentence], choice.candidate)));
}

std::vector<size_t> Chooser::Order(v1::Section section) const {
  std::vector<size_t> order(choices_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return choices_[a].scores[Part(section)] > choices_[b].scores[Part(section)];
  });
  return order;
}

Chooser::Line Chooser::Tldr() const {
  const std::vector<size_t> order = Order(v1::SECTION_TLDR);
  for (const bool background : {false, true}) {
    // One that points at what is not there, and its score.
    Line pointing;
    double most = 0;
    for (const size_t i : order) {
      const Choice& choice = choices_[i];
      if (!plain_[choice.sentence] || choice.candidate.words > kTldrWords) continue;
      if (!background && choice.sentence < own_) continue;
      Line line{.as_written = TextOf(reading_.texts[choice.sentence], choice.candidate),
                .told = Alone(choice),
                .sentence = choice.sentence};
      if (choice.sentence > 0 && LeansOnPrevious(line.as_written)) continue;
      if (HasFirstPerson(line.told) || BreaksList(line.told) ||
          IsStump(choice.candidate, line.told)) {
        continue;
      }
      const int words = grounding::CountWords(line.told);
      if (words < kShortestLine || words > kTldrWords) continue;
      const double score = choice.scores[Part(v1::SECTION_TLDR)];
      if (!pointing.told.empty() && most - score > kWorthPointing) return pointing;
      if (!PointsOutside(line.told)) return line;
      if (pointing.told.empty()) {
        pointing = std::move(line);
        most = score;
      }
    }
    if (!pointing.told.empty()) return pointing;
  }
  return {};
}

std::string Chooser::UnboundedTldr() const {
  const size_t part = Part(v1::SECTION_TLDR);
  const auto best = std::max_element(
      choices_.begin(), choices_.end(),
      [part](const Choice& a, const Choice& b) { return a.scores[part] < b.scores[part]; });
  if (best == choices_.end()) return {};
  return TextOf(reading_.texts[best->sentence], best->candidate);
}

std::vector<Chooser::Line> Chooser::Highlights(const Line& tldr) const {
  const std::vector<size_t> order = Order(v1::SECTION_HIGHLIGHTS);
  std::vector<Line> lines;
  std::vector<std::vector<uint32_t>> known = {Content(tldr.told)};
  std::vector<bool> used(reading_.texts.size(), false);
  // What is refused once is refused in every pass.
  std::vector<bool> refused(choices_.size(), false);
  for (const auto& [most, wanted, background] : kHighlightPasses) {
    for (const size_t i : order) {
      if (lines.size() >= wanted) break;
      const Choice& choice = choices_[i];
      if (refused[i] || used[choice.sentence] || !plain_[choice.sentence] ||
          choice.candidate.words > most || (!background && choice.sentence < own_) ||
          ((choice.candidate.cuts & kTailCut) != 0 && choice.candidate.words < kShortestCut)) {
        continue;
      }
      Line line{.as_written = {}, .told = Alone(choice), .sentence = choice.sentence};
      const int words = grounding::CountWords(line.told);
      if (words > most) continue;
      if (words < kShortestLine || LeansOnPrevious(line.told) || HasFirstPerson(line.told) ||
          BreaksList(line.told) || PointsOutside(line.told) ||
          IsStump(choice.candidate, line.told)) {
        refused[i] = true;
        continue;
      }
      std::vector<uint32_t> content = Content(line.told);
      const bool said = std::any_of(known.begin(), known.end(), [&](const auto& other) {
        return Overlap(content, other) > kSame;
      });
      refused[i] = said;
      if (said) continue;
      known.push_back(std::move(content));
      used[choice.sentence] = true;
      lines.push_back(std::move(line));
    }
  }
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.sentence < b.sentence; });
  return lines;
}

Chooser::Sections Chooser::MakeSections() const {
  constexpr std::array<v1::Section, 3> kSections = {v1::SECTION_IMPLICATIONS, v1::SECTION_RESULTS,
                                                    v1::SECTION_METHODOLOGY};
  const size_t count = reading_.texts.size();
  Sections sections;
  sections.of.assign(count, 0);
  // Scores of the sections are log-odds of belonging there: each sentence goes where it fits best.
  std::vector<int> home(count, 0);
  for (size_t i = 0; i < count; ++i) {
    double most = kLeastOdds;
    for (const v1::Section section : kSections) {
      const double score = Whole(i).scores[Part(section)];
      if (!plain_[i] || score <= most) continue;
      if (!Suits(section, reading_.roles[i], i > 0 && 2 * i >= count)) continue;
      most = score;
      home[i] = section;
    }
  }
  for (const v1::Section section : kSections) {
    std::vector<size_t> order;
    for (size_t i = 0; i < count; ++i) {
      if (home[i] == section) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return Whole(a).scores[Part(section)] > Whole(b).scores[Part(section)];
    });
    std::vector<bool> chosen(count, false);
    int words = 0;
    std::string only;
    for (const size_t i : order) {
      if (chosen[i] || words >= kEnoughForSection) continue;
      // A sentence that leans on the one before brings it along, or stays out.
      const bool alone = !reading_.leans[i] || (Follows(i) && chosen[i - 1]);
      const bool brings = !alone && Follows(i) && (home[i - 1] == section || home[i - 1] == 0) &&
                          plain_[i - 1] && !reading_.leans[i - 1];
      if (!alone && !brings) continue;
      const int more = words_[i] + (brings ? words_[i - 1] : 0);
      if (words + more > kSectionWords && words > 0) continue;
      if (more > kSectionWords + 15) continue;
      chosen[i] = true;
      if (brings) chosen[i - 1] = true;
      words += more;
    }
    std::string text = Tell(chosen);
    if (text.empty()) text = Cut(section, home, chosen);
    for (size_t i = 0; i < count; ++i) {
      if (chosen[i]) sections.of[i] = section;
    }
    (section == v1::SECTION_RESULTS       ? sections.results
     : section == v1::SECTION_METHODOLOGY ? sections.methodology
                                          : sections.implications) = std::move(text);
  }
  return sections;
}

std::string Chooser::Cut(v1::Section section, const std::vector<int>& home,
                         std::vector<bool>& chosen) const {
  const Choice* best = nullptr;
  for (const Choice& choice : choices_) {
    if (home[choice.sentence] != section || reading_.leans[choice.sentence] ||
        choice.candidate.words > kSectionWords) {
      continue;
    }
    if (best == nullptr || choice.scores[Part(section)] > best->scores[Part(section)]) {
      best = &choice;
    }
  }
  if (best == nullptr) return {};
  chosen[best->sentence] = true;
  return Alone(*best);
}

std::string Chooser::Summary(const Line& tldr, std::vector<bool>& kept) const {
  const size_t part = Part(v1::SECTION_SUMMARY);
  const size_t count = reading_.texts.size();
  kept.assign(count, true);
  int words = 0;
  for (const int of_one : words_) words += of_one;
  if (words <= kSummaryWords) return Tell(kept);
  // What the tldr was taken from first, then the best that still fits. A sentence that leans comes
  // with the one before it, or not at all.
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Whole(a).scores[part] > Whole(b).scores[part];
  });
  if (!tldr.told.empty()) {
    std::stable_partition(order.begin(), order.end(), [&](size_t i) { return i == tldr.sentence; });
  }
  kept.assign(count, false);
  words = 0;
  // Twice: what leans may have been looked at before what it leans on.
  for (int round = 0; round < 2; ++round) {
    for (const size_t i : order) {
      if (kept[i] || words + words_[i] > kSummaryWords) continue;
      const bool mended = !reading_.leans[i] || &Standing(i) != &Whole(i);
      if (!mended && !(Follows(i) && kept[i - 1])) continue;
      kept[i] = true;
      words += words_[i];
    }
  }
  if (words > 0) return Tell(kept);
  const Choice* best = nullptr;
  for (const Choice& choice : choices_) {
    // Every sentence is longer than a summary: the most that can be said of one.
    if (choice.candidate.words > kSummaryWords) continue;
    if (best == nullptr || choice.candidate.words > best->candidate.words) best = &choice;
  }
  if (best == nullptr) return {};
  kept[best->sentence] = true;
  return Alone(*best);
}

const Choice& Chooser::Standing(size_t sentence) const {
  const Choice* best = &Whole(sentence);
  if (!reading_.leans[sentence]) return *best;
  int most = 0;
  for (size_t i = whole_[sentence]; i < choices_.size() && choices_[i].sentence == sentence; ++i) {
    const Candidate& candidate = choices_[i].candidate;
    if ((candidate.cuts & kOpeningDropped) == 0 || candidate.words <= most) continue;
    if (LeansOnPrevious(TextOf(reading_.texts[sentence], candidate))) continue;
    most = candidate.words;
    best = &choices_[i];
  }
  return *best;
}

std::string Chooser::Tell(const std::vector<bool>& chosen) const {
  std::string text;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (!chosen[i]) continue;
    const bool follows = Follows(i) && chosen[i - 1];
    Append(text, follows ? told_[i] : Alone(Standing(i)));
  }
  return text;
}

}  // namespace paperwire::summarize
