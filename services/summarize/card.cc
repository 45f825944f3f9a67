#include "services/summarize/card.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libs/grounding/gate.h"
#include "libs/grounding/hygiene.h"
#include "libs/grounding/phrases.h"
#include "libs/grounding/sentences.h"
#include "libs/paper/text.h"
#include "services/summarize/clauses.h"
#include "services/summarize/keywords.h"
#include "services/summarize/roles.h"
#include "services/summarize/source.h"
#include "services/summarize/third_person.h"

namespace paperwire::summarize {
namespace {

constexpr int kTldrWords = 30;
constexpr int kHighlightWords = 17;
constexpr int kLongHighlightWords = 26;
constexpr int kWholeSentenceWords = 45;
constexpr int kSummaryWords = 165;
constexpr int kSectionWords = 62;
constexpr int kEnoughForSection = 40;
constexpr size_t kHighlights = 4;
constexpr size_t kKeywords = 8;

using WordSet = std::unordered_set<uint64_t>;

struct Sentence {
  // As the abstract has it, links gone.
  std::string text;
  // Told about the authors.
  std::string told;
  Role role = Role::kOther;
  double weight = 0;
  int words = 0;
  bool leans = false;
  // Fit to stand in a section or a line: words, whole math, no question.
  bool plain = false;
};

WordSet ContentWords(std::string_view text) {
  std::vector<grounding::Word> words;
  grounding::ReadWords(text, words);
  WordSet set;
  for (const grounding::Word& word : words) {
    if (word.end - word.begin > 3) set.insert(word.hash);
  }
  return set;
}

double Overlap(const WordSet& a, const WordSet& b) {
  if (a.empty() || b.empty()) return 0;
  size_t common = 0;
  for (const uint64_t word : a) common += b.contains(word);
  return static_cast<double>(common) / static_cast<double>(std::min(a.size(), b.size()));
}

bool IsQuestion(std::string_view text) { return text.ends_with("?"); }

// Why a sentence says nothing for a card; empty: it may.
std::string_view LeftOut(std::string_view as_written, const std::string& text,
                         std::set<std::string>& seen) {
  if (IsAvailability(as_written)) return "availability";
  if (IsInstruction(as_written)) return "instruction";
  if (LettersOutsideMath(text) < 3) return "no words";
  if (!seen.insert(ThirdPerson(WithoutConnective(text))).second) return "repeated";
  return {};
}

std::vector<Sentence> ReadSentences(const std::string& title,
                                    const std::vector<std::string_view>& split, Explanation* why) {
  std::vector<Sentence> sentences;
  std::set<std::string> seen;
  for (const std::string_view view : split) {
    std::string text = paper::CleanLine(grounding::WithoutLinksAndMarkup(view));
    const std::string_view left_out = LeftOut(view, text, seen);
    if (why != nullptr) {
      ExplainedSentence& explained = why->sentences.emplace_back();
      explained.text = view;
      explained.left_out = left_out;
    }
    if (left_out.empty()) sentences.emplace_back().text = std::move(text);
  }
  std::vector<std::string_view> views;
  for (const Sentence& sentence : sentences) views.push_back(sentence.text);
  const std::vector<RoledSentence> roles = LabelRoles(views);
  const WordSet title_words = ContentWords(title);
  for (size_t i = 0; i < sentences.size(); ++i) {
    Sentence& sentence = sentences[i];
    sentence.role = roles[i].role;
    sentence.told = ThirdPerson(sentence.text);
    sentence.words = grounding::CountWords(sentence.told);
    sentence.leans = i > 0 && LeansOnPrevious(sentence.text);
    sentence.plain = IsBalanced(sentence.text) && !IsQuestion(sentence.text) &&
                     sentence.words >= 4 && HasFiniteVerb(sentence.told);
    sentence.weight = std::min(roles[i].evidence, 5.0) +
                      2.0 * Overlap(ContentWords(sentence.text), title_words) -
                      (sentence.leans ? 0.8 : 0.0) - (sentence.words < 7 ? 1.0 : 0.0);
  }
  return sentences;
}

void Append(std::string& text, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!text.empty()) text += ' ';
  text += sentence;
}

// A sentence as it reads where the one before it is not there.
std::string Alone(const Sentence& sentence) {
  return ThirdPerson(WithoutConnective(sentence.text));
}

// One sentence of at most 30 words that says what the paper does.
std::string Tldr(const std::vector<Sentence>& sentences, const std::string& title, size_t& used) {
  std::string best;
  double best_weight = -1e9;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const Sentence& sentence = sentences[i];
    if (!sentence.plain || sentence.leans) continue;
    double weight = sentence.weight;
    if (sentence.role == Role::kObjective) weight += 3;
    if (sentence.role == Role::kMethod) weight += 1.5;
    if (sentence.role == Role::kResult) weight += 1;
    if (weight <= best_weight) continue;
    std::string line = HeadlineOf(Alone(sentence), 6, kTldrWords);
    if (line.empty()) continue;
    best = std::move(line);
    best_weight = weight;
    used = i;
  }
  if (!best.empty()) return best;
  if (grounding::CountWords(title) > kTldrWords) return {};
  const bool stops = title.ends_with('.') || title.ends_with('?') || title.ends_with('!');
  return title.empty() || stops ? title : title + '.';
}

struct Line {
  size_t sentence = 0;
  std::string text;
};

class HighlightList {
 public:
  HighlightList(const std::vector<Sentence>& sentences, const std::string& tldr)
      : sentences_(sentences) {
    known_.push_back(ContentWords(tldr));
  }

  // Takes the strongest unused sentences of these roles, at most `count`.
  void Take(std::initializer_list<Role> roles, size_t count, int max_words) {
    std::vector<size_t> order;
    for (size_t i = 0; i < sentences_.size(); ++i) {
      const Sentence& sentence = sentences_[i];
      const bool fits = std::find(roles.begin(), roles.end(), sentence.role) != roles.end();
      if (fits && sentence.plain && !used_.contains(i)) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) {
      return sentences_[a].weight > sentences_[b].weight;
    });
    for (const size_t i : order) {
      if (count == 0 || lines_.size() == kHighlights) return;
      if (Add(i, max_words)) --count;
    }
  }

  size_t size() const { return lines_.size(); }

  std::vector<std::string> InOrder() {
    std::sort(lines_.begin(), lines_.end(),
              [](const Line& a, const Line& b) { return a.sentence < b.sentence; });
    std::vector<std::string> texts;
    for (Line& line : lines_) texts.push_back(std::move(line.text));
    return texts;
  }

 private:
  bool Add(size_t i, int max_words) {
    std::string line = HeadlineOf(Alone(sentences_[i]), 5, max_words);
    if (line.empty() || LeansOnPrevious(line)) return false;
    WordSet words = ContentWords(line);
    for (const WordSet& other : known_) {
      if (Overlap(words, other) > 0.6) return false;
    }
    known_.push_back(std::move(words));
    used_.insert(i);
    lines_.push_back({i, std::move(line)});
    return true;
  }

  const std::vector<Sentence>& sentences_;
  std::vector<WordSet> known_;
  std::set<size_t> used_;
  std::vector<Line> lines_;
};

std::vector<std::string> Highlights(const std::vector<Sentence>& sentences,
                                    const std::string& tldr) {
  HighlightList list(sentences, tldr);
  list.Take({Role::kMethod, Role::kObjective}, 1, kHighlightWords);
  list.Take({Role::kResult}, 2, kHighlightWords);
  list.Take({Role::kImplication}, 1, kHighlightWords);
  list.Take({Role::kMethod, Role::kResult, Role::kObjective}, 4 - list.size(), kHighlightWords);
  if (list.size() < 3) {
    list.Take({Role::kMethod, Role::kResult, Role::kObjective, Role::kImplication}, 3 - list.size(),
              kLongHighlightWords);
  }
  if (list.size() < 3) {
    list.Take({Role::kBackground, Role::kOther}, 3 - list.size(), kLongHighlightWords);
  }
  // A long line says more than none.
  if (list.size() < 3) {
    list.Take({Role::kMethod, Role::kResult, Role::kObjective, Role::kImplication,
               Role::kBackground, Role::kOther},
              3 - list.size(), kWholeSentenceWords);
  }
  return list.InOrder();
}

// The chosen sentences, in order; one whose predecessor is missing loses the words that pointed
// at it.
std::string Tell(const std::vector<Sentence>& sentences, const std::vector<bool>& chosen) {
  std::string text;
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (!chosen[i]) continue;
    const bool follows = i > 0 && chosen[i - 1];
    Append(text, follows ? sentences[i].told : Alone(sentences[i]));
  }
  return text;
}

// The abstract, shortened by leaving out whole sentences.
std::string Abridge(const std::vector<Sentence>& sentences) {
  std::vector<bool> chosen(sentences.size(), true);
  int words = 0;
  for (const Sentence& sentence : sentences) words += sentence.words;
  while (words > kSummaryWords) {
    size_t worst = sentences.size();
    double worst_weight = 1e9;
    for (size_t i = 0; i < sentences.size(); ++i) {
      if (!chosen[i]) continue;
      double weight = sentences[i].weight;
      if (sentences[i].role == Role::kBackground) weight -= i == 0 ? 0.5 : 2;
      if (sentences[i].role == Role::kOther) weight -= 1;
      if (sentences[i].role == Role::kObjective) weight += 3;
      if (!sentences[i].plain) weight -= 1;
      if (weight < worst_weight) {
        worst_weight = weight;
        worst = i;
      }
    }
    // The last one left is cut below.
    if (std::count(chosen.begin(), chosen.end(), true) <= 1) break;
    // What leans on the sentence goes with it, but not what the paper proposes.
    do {
      words -= sentences[worst].words;
      chosen[worst] = false;
      ++worst;
    } while (worst < sentences.size() && chosen[worst] && sentences[worst].leans &&
             sentences[worst].role != Role::kObjective);
  }
  if (words <= kSummaryWords) return Tell(sentences, chosen);
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (chosen[i]) return CutToWords(Alone(sentences[i]), 8, kSummaryWords);
  }
  return {};
}

// Sentences of one role for a section of about 40–60 words; takes them out of `free`.
std::string Section(const std::vector<Sentence>& sentences, Role role, std::vector<bool>& free,
                    bool lead_with_objective) {
  std::vector<size_t> order;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const Sentence& sentence = sentences[i];
    const bool leads = lead_with_objective && sentence.role == Role::kObjective;
    if (free[i] && sentence.plain && (sentence.role == role || leads)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sentences[a].weight > sentences[b].weight; });
  std::vector<bool> chosen(sentences.size(), false);
  int words = 0;
  std::string only;
  for (const size_t i : order) {
    if (chosen[i]) continue;
    // A sentence that leans brings the one it leans on, or stays out.
    const bool brings = sentences[i].leans && !chosen[i - 1];
    if (brings) {
      const Sentence& before = sentences[i - 1];
      const bool usable =
          free[i - 1] && before.plain && !before.leans &&
          (before.role == role || (lead_with_objective && before.role == Role::kObjective));
      if (!usable) continue;
    }
    const int more = sentences[i].words + (brings ? sentences[i - 1].words : 0);
    if (words + more > kSectionWords) {
      if (words > 0 || more <= kSectionWords + 15) {
        if (words > 0) continue;
      } else {
        // One sentence longer than a section: a clause of it, if nothing else is left.
        if (only.empty() && !sentences[i].leans) {
          only = CutToWords(Alone(sentences[i]), 8, kSectionWords);
          if (!only.empty()) {
            free[i] = false;
            break;
          }
        }
        continue;
      }
    }
    chosen[i] = true;
    if (brings) chosen[i - 1] = true;
    words += more;
    if (words >= kEnoughForSection) break;
  }
  if (words == 0) return only;
  for (size_t i = 0; i < sentences.size(); ++i) {
    if (chosen[i]) free[i] = false;
  }
  return Tell(sentences, chosen);
}

// `source` is what the gate holds the card against: the abstract before anything was done to it.
v1::Summary Summarize(const v1::Paper& paper, const std::string& source,
                      const std::string& abstract, const std::vector<std::string_view>& split,
                      Explanation* why, int& removed) {
  v1::Summary summary;
  const std::string title =
      paper::CleanLine(grounding::WithoutLinksAndMarkup(ReadableAbstract(paper.title())));
  std::vector<Sentence> sentences = ReadSentences(title, split, why);

  if (LooksEnglish(abstract)) {
    size_t used = sentences.size();
    summary.set_tldr(Tldr(sentences, title, used));
    if (why != nullptr) why->tldr_as_written = summary.tldr();
    for (std::string& line : Highlights(sentences, summary.tldr())) {
      summary.add_highlights(std::move(line));
    }
    std::vector<bool> free(sentences.size(), true);
    summary.set_implications(Section(sentences, Role::kImplication, free, false));
    summary.set_results(Section(sentences, Role::kResult, free, false));
    summary.set_methodology(Section(sentences, Role::kMethod, free, true));
  } else if (grounding::CountWords(title) <= kTldrWords) {
    summary.set_tldr(title);
  }
  summary.set_summary(Abridge(sentences));
  for (std::string& keyword : Keywords(title, abstract, kKeywords)) {
    summary.add_keywords(std::move(keyword));
  }

  v1::Provenance& provenance = *summary.mutable_provenance();
  provenance.set_summarizer(v1::SUMMARIZER_KIND_EMBEDDED);
  provenance.set_model(kModel);
  provenance.set_source(v1::SUMMARY_SOURCE_ABSTRACT);
  provenance.set_paper_version(paper.version());
  removed = grounding::Apply(summary, paper.title() + "\n" + source);
  return summary;
}

v1::Summary SummarizeAbstract(const v1::Paper& paper, Explanation* why, int& removed) {
  const std::string abstract = ReadableAbstract(paper.abstract());
  return Summarize(paper, paper.abstract(), abstract, grounding::SplitSentences(abstract), why,
                   removed);
}

}  // namespace

v1::Summary Summarize(const v1::Paper& paper) {
  int removed = 0;
  return SummarizeAbstract(paper, nullptr, removed);
}

v1::Summary Summarize(const v1::Paper& paper, int& removed) {
  return SummarizeAbstract(paper, nullptr, removed);
}

v1::Summary Summarize(const v1::Paper& paper, Explanation& why) {
  int removed = 0;
  return SummarizeAbstract(paper, &why, removed);
}

v1::Summary Summarize(const v1::Paper& paper, const std::vector<std::string>& sentences,
                      Explanation& why) {
  std::vector<std::string> readable;
  std::string source;
  std::string abstract;
  for (const std::string& sentence : sentences) {
    Append(source, sentence);
    readable.push_back(ReadableAbstract(sentence));
    Append(abstract, readable.back());
  }
  int removed = 0;
  return Summarize(paper, source, abstract, {readable.begin(), readable.end()}, &why, removed);
}

}  // namespace paperwire::summarize
