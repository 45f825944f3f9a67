#include "services/summarize/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "libs/grounding/gate.h"
#include "libs/grounding/language.h"
#include "libs/grounding/phrases.h"
#include "libs/grounding/sentences.h"
#include "libs/paper/text.h"
#include "services/summarize/keywords.h"
#include "services/summarize/smuggled.h"
#include "services/summarize/source.h"
#include "services/summarize/third_person.h"

namespace paperwire::summarize {
namespace {

using grounding::CountWords;
using grounding::SplitSentences;

// In words: what is asked for, and what is still printed.
struct Bounds {
  int asked;
  int printed;
};
constexpr Bounds kTldr{30, 40};
constexpr Bounds kHighlight{20, 30};
constexpr Bounds kSummary{190, 260};
constexpr Bounds kSection{75, 120};
constexpr int kShortSummary = 60;
constexpr int kLongAbstract = 120;
constexpr int kHighlightsWanted = 3;
constexpr size_t kLongestItem = 80;
constexpr size_t kKeywords = 8;

struct Part {
  v1::Section section;
  std::string_view name;
};
constexpr std::array<Part, 6> kParts = {{{v1::SECTION_TLDR, "tldr"},
                                         {v1::SECTION_HIGHLIGHTS, "highlights"},
                                         {v1::SECTION_SUMMARY, "summary"},
                                         {v1::SECTION_METHODOLOGY, "methodology"},
                                         {v1::SECTION_RESULTS, "results"},
                                         {v1::SECTION_IMPLICATIONS, "implications"}}};

std::string* TextOf(v1::Summary& summary, v1::Section section) {
  switch (section) {
    case v1::SECTION_TLDR:
      return summary.mutable_tldr();
    case v1::SECTION_SUMMARY:
      return summary.mutable_summary();
    case v1::SECTION_METHODOLOGY:
      return summary.mutable_methodology();
    case v1::SECTION_RESULTS:
      return summary.mutable_results();
    case v1::SECTION_IMPLICATIONS:
      return summary.mutable_implications();
    default:
      return nullptr;
  }
}

// "Not stated in the abstract.": an empty text, put into words.
bool TellsOfAGap(std::string_view sentence) {
  static const grounding::PhraseSet kNot(
      std::vector<std::string>{"not", "no", "without", "lacks", "unspecified", "unstated"});
  static const grounding::PhraseSet kText(
      std::vector<std::string>{"abstract", "specified", "not stated", "not mentioned",
                               "not provided", "not reported", "not described", "not given"});
  std::vector<grounding::Word> words;
  grounding::ReadWords(sentence, words);
  bool denies = false;
  bool of_the_text = false;
  kNot.Match(sentence, words, [&](const auto&) { denies = true; });
  kText.Match(sentence, words, [&](const auto& hit) {
    // Anything may be not given; of the text it is said outright, or of nothing else.
    of_the_text = of_the_text || hit.phrase == 0 || words.size() <= 4;
  });
  return denies && of_the_text;
}

std::string Lowered(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  }
  return letters;
}

std::string FaultOf(std::string_view part, const v1::GroundingItem& item) {
  const auto quoted = [&](std::string_view what) {
    return fmt::format("\"{}\": \"{}\" {}", part, item.text(), what);
  };
  switch (item.kind()) {
    case v1::GROUNDING_ITEM_KIND_NUMBER:
      return quoted("does not stand in the paper's title or abstract");
    case v1::GROUNDING_ITEM_KIND_UNIT:
      return quoted("has another unit in the abstract");
    case v1::GROUNDING_ITEM_KIND_NAME:
      return quoted("names what the title and the abstract do not have");
    case v1::GROUNDING_ITEM_KIND_LINK:
      return fmt::format("\"{}\" holds a link or an address", part);
    case v1::GROUNDING_ITEM_KIND_MARKUP:
      return fmt::format("\"{}\" holds markup; only plain text can be printed", part);
    case v1::GROUNDING_ITEM_KIND_REFUSAL:
    case v1::GROUNDING_ITEM_KIND_INSTRUCTION:
      return fmt::format("\"{}\" speaks of yourself or of the task, not of the paper", part);
    case v1::GROUNDING_ITEM_KIND_PLACEHOLDER:
      return fmt::format("\"{}\" holds words that stand for a gap; use \"\"", part);
    case v1::GROUNDING_ITEM_KIND_LANGUAGE:
      return fmt::format("\"{}\" is not in English", part);
    case v1::GROUNDING_ITEM_KIND_LENGTH:
      return fmt::format("\"{}\" is too long", part);
    default:
      return fmt::format("\"{}\" cannot be printed", part);
  }
}

// Implications that only repeat what was done or found are none.
void DropRepeated(v1::Summary& summary, std::vector<std::string>& faults) {
  const std::string results = Lowered(summary.results());
  const std::string method = Lowered(summary.methodology());
  const std::string implications = Lowered(summary.implications());
  if (!results.empty() && results == method) {
    faults.emplace_back("\"methodology\" and \"results\" say the same");
  }
  if (implications.empty() || (implications != results && implications != method)) return;
  faults.emplace_back("\"implications\" repeats another section; use \"\" where there are none");
  summary.clear_implications();
}

void Add(v1::GroundingVerdict& verdict, v1::GroundingItemKind kind, std::string_view text) {
  verdict.set_outcome(v1::GROUNDING_OUTCOME_REMOVED);
  v1::GroundingItem& item = *verdict.add_items();
  item.set_kind(kind);
  item.set_text(paper::Truncate(paper::CleanLine(text), kLongestItem));
  verdict.add_ungrounded(item.text());
}

}  // namespace

Judge::Judge(const Material& material, const v1::Summary& embedded)
    : source_(material.All()),
      keywords_(Keywords(material.title, material.abstract, kKeywords)),
      related_(source_),
      units_(source_),
      amounts_(source_),
      addresses_(source_),
      english_(LooksEnglish(material.abstract)),
      abstract_words_(CountWords(material.abstract)),
      highlights_(std::min(kHighlightsWanted, embedded.highlights_size())),
      states_method_or_results_(!embedded.methodology().empty() || !embedded.results().empty()) {}

void Judge::TakeOut(v1::Section section, std::string& text, v1::GroundingVerdict& verdict) const {
  const std::string clean = paper::CleanParagraphs(text);
  text.clear();
  const std::vector<std::string_view> sentences = SplitSentences(clean);
  // Said of a whole section it is what was asked for, in other words.
  const bool may_be_empty = section != v1::SECTION_TLDR && section != v1::SECTION_SUMMARY &&
                            section != v1::SECTION_HIGHLIGHTS;
  if (may_be_empty && sentences.size() == 1 && TellsOfAGap(sentences[0])) return;
  if (grounding::LanguageOf(clean) == grounding::Language::kOther) {
    Add(verdict, v1::GROUNDING_ITEM_KIND_LANGUAGE, "");
    return;
  }
  for (const std::string_view sentence : sentences) {
    const std::string told =
        HasFirstPerson(sentence) ? ThirdPerson(sentence) : std::string(sentence);
    const Smuggled smuggled = FindSmuggled(told);
    if (smuggled.kind != v1::GROUNDING_ITEM_KIND_UNSPECIFIED) {
      Add(verdict, smuggled.kind, smuggled.text);
    } else if (HoldsForeignScript(told)) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_LANGUAGE, "");
    } else if (TellsOfAGap(told)) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_PLACEHOLDER, told);
    } else if (const std::string_view unit = units_.FindOther(told); !unit.empty()) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_UNIT, unit);
    } else if (const std::string_view amount = amounts_.FindOther(told); !amount.empty()) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_NUMBER, amount);
    } else if (const std::string_view name = addresses_.FindOther(told); !name.empty()) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_LINK, name);
    } else if (HasFirstPerson(told)) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_INSTRUCTION, told);
    } else if (english_ && related_.IsUnrelated(told)) {
      Add(verdict, v1::GROUNDING_ITEM_KIND_NAME, told);
    } else {
      if (!text.empty()) text += ' ';
      text += told;
    }
  }
}

void Judge::Measure(const v1::Summary& summary, std::vector<std::string>& faults) const {
  const auto longer = [&](std::string_view part, const std::string& text, int most) {
    const int words = CountWords(text);
    if (words > most) {
      faults.push_back(
          fmt::format("\"{}\" has {} words; at most {} are wanted", part, words, most));
    }
  };
  longer("tldr", summary.tldr(), kTldr.asked);
  if (SplitSentences(summary.tldr()).size() > 1) {
    faults.emplace_back("\"tldr\" has more than one sentence");
  }
  for (const std::string& line : summary.highlights()) {
    longer("highlights", line, kHighlight.asked);
  }
  if (summary.highlights_size() < highlights_) {
    faults.push_back(
        fmt::format("\"highlights\" has {} different lines that can be printed; {} "
                    "are wanted",
                    summary.highlights_size(), highlights_));
  }
  longer("summary", summary.summary(),
         std::clamp(abstract_words_ + abstract_words_ / 4, kShortSummary, kSummary.asked));
  if (abstract_words_ >= kLongAbstract && CountWords(summary.summary()) < kShortSummary) {
    faults.emplace_back("\"summary\" is too short; about 150 words are wanted");
  }
  longer("methodology", summary.methodology(), kSection.asked);
  longer("results", summary.results(), kSection.asked);
  longer("implications", summary.implications(), kSection.asked);
}

v1::FallbackReason Judge::FailureOf(const v1::Summary& answer, const v1::Summary& left) const {
  const bool lost = std::any_of(
      left.provenance().grounding().begin(), left.provenance().grounding().end(),
      [](const auto& verdict) { return verdict.outcome() == v1::GROUNDING_OUTCOME_REMOVED; });
  const v1::FallbackReason wanting =
      lost ? v1::FALLBACK_REASON_UNGROUNDED : v1::FALLBACK_REASON_INVALID_OUTPUT;
  const auto emptied = [](const std::string& before, const std::string& after) {
    return after.empty() && !before.empty() && !TellsOfAGap(before);
  };
  const size_t sentences = SplitSentences(answer.summary()).size();
  if (left.tldr().empty() || left.summary().empty() || left.highlights_size() < highlights_ ||
      SplitSentences(left.summary()).size() * 2 < sentences ||
      emptied(answer.methodology(), left.methodology()) ||
      emptied(answer.results(), left.results()) ||
      (states_method_or_results_ && left.methodology().empty() && left.results().empty())) {
    return wanting;
  }
  if (!left.results().empty() && Lowered(left.methodology()) == Lowered(left.results())) {
    return v1::FALLBACK_REASON_INVALID_OUTPUT;
  }
  std::string all = left.tldr() + ' ' + left.summary();
  for (const std::string* section : {&left.methodology(), &left.results(), &left.implications()}) {
    all += ' ' + *section;
    if (CountWords(*section) > kSection.printed) return v1::FALLBACK_REASON_INVALID_OUTPUT;
  }
  if (CountWords(left.tldr()) > kTldr.printed || CountWords(left.summary()) > kSummary.printed) {
    return v1::FALLBACK_REASON_INVALID_OUTPUT;
  }
  const Related::Share share = related_.ShareOf(all);
  if (english_ && share.held * 10 < share.words * 3) return v1::FALLBACK_REASON_UNGROUNDED;
  return v1::FALLBACK_REASON_UNSPECIFIED;
}

Judged Judge::Look(const v1::Summary& answer) const {
  Judged judged;
  v1::Summary& left = judged.summary;
  left = answer;
  left.clear_provenance();
  left.mutable_keywords()->Assign(keywords_.begin(), keywords_.end());
  std::array<v1::GroundingVerdict*, kParts.size()> verdicts{};
  for (const Part& part : kParts) {
    v1::GroundingVerdict& verdict = *left.mutable_provenance()->add_grounding();
    verdict.set_section(part.section);
    verdict.set_outcome(v1::GROUNDING_OUTCOME_GROUNDED);
  }
  for (size_t i = 0; i < kParts.size(); ++i) {
    verdicts[i] = left.mutable_provenance()->mutable_grounding(static_cast<int>(i));
  }
  std::vector<std::string> lines;
  std::vector<std::string> known;
  for (std::string line : left.highlights()) {
    TakeOut(v1::SECTION_HIGHLIGHTS, line, *verdicts[1]);
    const bool again = std::find(known.begin(), known.end(), Lowered(line)) != known.end();
    if (line.empty() || again || CountWords(line) > kHighlight.printed) continue;
    known.push_back(Lowered(line));
    lines.push_back(std::move(line));
  }
  left.mutable_highlights()->Assign(lines.begin(), lines.end());
  for (size_t i = 0; i < kParts.size(); ++i) {
    std::string* text = TextOf(left, kParts[i].section);
    if (text != nullptr) TakeOut(kParts[i].section, *text, *verdicts[i]);
  }
  grounding::Apply(left, source_);
  for (size_t i = 0; i < kParts.size(); ++i) {
    const v1::GroundingVerdict& verdict = left.provenance().grounding(static_cast<int>(i));
    if (verdict.outcome() != v1::GROUNDING_OUTCOME_REMOVED) continue;
    for (const v1::GroundingItem& item : verdict.items()) {
      if (grounding::Refuses(item.kind())) judged.faults.push_back(FaultOf(kParts[i].name, item));
    }
  }
  DropRepeated(left, judged.faults);
  Measure(left, judged.faults);
  judged.failure = FailureOf(answer, left);
  if (judged.failure != v1::FALLBACK_REASON_UNSPECIFIED && judged.faults.empty()) {
    judged.faults.emplace_back(
        "the parts do not tell the abstract: tell what was done and what was found");
  }
  return judged;
}

}  // namespace paperwire::summarize
