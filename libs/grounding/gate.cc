#include "libs/grounding/gate.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "libs/grounding/hygiene.h"
#include "libs/grounding/language.h"
#include "libs/grounding/names.h"
#include "libs/grounding/sentences.h"
#include "libs/grounding/speech.h"
#include "libs/paper/text.h"

namespace paperwire::grounding {
namespace {

constexpr size_t kLongestItem = 80;
constexpr int kMostItems = 20;
constexpr size_t kLongestTerm = 80;

// Bounds in bytes, about three times what a section is asked to be.
size_t LongestOf(v1::Section section) {
  switch (section) {
    case v1::SECTION_TLDR:
    case v1::SECTION_HIGHLIGHTS:
      return 600;
    case v1::SECTION_METHODOLOGY:
    case v1::SECTION_RESULTS:
    case v1::SECTION_IMPLICATIONS:
      return 1600;
    default:
      return 4000;
  }
}

// Letters or digits of any script; dashes, bullets and other signs (U+2000 to U+2BFF) are none.
bool HoldsWord(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || (byte >= 0xC3 && byte != 0xE2);
  });
}

// One text in hand: its sentences, and what was found in each.
class Reading {
 public:
  Reading(const Source& source, std::string_view text)
      : source_(source), text_(text), sentences_(SplitSentences(text)) {
    refused_.assign(sentences_.size(), false);
  }

  void Measure(size_t longest) {
    for (size_t i = 0; i < sentences_.size(); ++i) {
      if (EndOf(i) > longest) Add(v1::GROUNDING_ITEM_KIND_LENGTH, Begin(i), {});
    }
    // What is refused for its length is not read: the bound holds for the work too.
    while (!sentences_.empty() && refused_.back() && EndOf(sentences_.size() - 1) > longest) {
      sentences_.pop_back();
      refused_.pop_back();
      ++removed_;
    }
    const size_t end = sentences_.empty() ? 0 : EndOf(sentences_.size() - 1);
    text_ = text_.substr(0, end);
  }

  void AddHidden() {
    items_.push_back({.kind = v1::GROUNDING_ITEM_KIND_HIDDEN_CHARACTER, .text = {}});
  }

  Verdict Judge() {
    const Folded folded(text_);
    CheckNumbers(folded);
    CheckNames(folded);
    CheckSpeech();
    CheckLinksAndMarkup();
    CheckLanguage();
    CheckWords();
    return Finish();
  }

 private:
  void CheckNumbers(const Folded& folded) {
    for (const Number& number : FindNumbers(folded.text())) {
      const Standing standing = source_.Find(number, folded.text());
      if (standing == Standing::kHeld) continue;
      const std::string_view written = folded.Written(text_, number.begin, number.end);
      Add(standing == Standing::kDerived     ? v1::GROUNDING_ITEM_KIND_DERIVED
          : standing == Standing::kOtherUnit ? v1::GROUNDING_ITEM_KIND_UNIT
                                             : v1::GROUNDING_ITEM_KIND_NUMBER,
          folded.OriginalOf(number.begin), written);
    }
  }

  void CheckNames(const Folded& folded) {
    const std::vector<Name> names = FindNames(folded.text());
    const std::string_view text = folded.text();
    for (size_t i = 0; i < names.size();) {
      // A run of capitalised words may be the long form of an acronym.
      size_t end = i + 1;
      while (end < names.size() && names[end].follows) ++end;
      std::vector<std::string_view> run;
      bool held = true;
      for (size_t k = i; k < end; ++k) {
        run.push_back(text.substr(names[k].begin, names[k].end - names[k].begin));
        held = held && source_.names().Holds(run.back(), names[k].weak);
      }
      const bool in_full = names[i].weak && source_.names().HoldsAcronymOf(run);
      if (!held && !in_full) {
        for (size_t k = i; k < end; ++k) {
          if (source_.names().Holds(run[k - i], names[k].weak)) continue;
          // A Greek capital is a sign of mathematics.
          const char first = text_[folded.OriginalOf(names[k].begin)];
          if (names[k].weak && (first == '\\' || static_cast<unsigned char>(first) >= 0x80)) {
            continue;
          }
          Add(v1::GROUNDING_ITEM_KIND_NAME, folded.OriginalOf(names[k].begin),
              folded.Written(text_, names[k].begin, names[k].end));
        }
      }
      i = end;
    }
  }

  void CheckSpeech() {
    for (const Speech& speech : FindSpeech(text_)) {
      const std::string_view said = text_.substr(speech.begin, speech.end - speech.begin);
      // A paper may be about refusals; what its abstract says to its reader's machine is never
      // told.
      if (speech.kind != v1::GROUNDING_ITEM_KIND_INSTRUCTION &&
          source_.text().find(said) != std::string_view::npos) {
        continue;
      }
      Add(speech.kind, speech.begin, said);
    }
    if (IsPlaceholder(text_)) AddToAll(v1::GROUNDING_ITEM_KIND_PLACEHOLDER, text_);
  }

  void CheckLinksAndMarkup() {
    for (size_t i = 0; i < sentences_.size(); ++i) {
      const std::string_view link = FindLink(sentences_[i]);
      if (!link.empty()) Add(v1::GROUNDING_ITEM_KIND_LINK, Begin(i), link);
      const std::string_view markup = FindMarkup(sentences_[i]);
      if (!markup.empty()) Add(v1::GROUNDING_ITEM_KIND_MARKUP, Begin(i), markup);
    }
  }

  void CheckLanguage() {
    if (LanguageOf(text_) != Language::kOther || LanguageOf(source_.text()) == Language::kOther) {
      return;
    }
    AddToAll(v1::GROUNDING_ITEM_KIND_LANGUAGE, {});
  }

  void CheckWords() {
    if (!text_.empty() && !HoldsWord(text_)) AddToAll(v1::GROUNDING_ITEM_KIND_EMPTY, text_);
  }

  Verdict Finish() {
    Verdict verdict;
    verdict.removed = removed_;
    for (size_t i = 0; i < sentences_.size(); ++i) {
      if (refused_[i]) {
        ++verdict.removed;
        continue;
      }
      if (!verdict.kept.empty()) verdict.kept += ' ';
      verdict.kept += sentences_[i];
    }
    verdict.items = std::move(items_);
    verdict.outcome = verdict.removed > 0     ? v1::GROUNDING_OUTCOME_REMOVED
                      : verdict.items.empty() ? v1::GROUNDING_OUTCOME_GROUNDED
                                              : v1::GROUNDING_OUTCOME_FLAGGED;
    return verdict;
  }

  size_t Begin(size_t sentence) const {
    return static_cast<size_t>(sentences_[sentence].data() - text_.data());
  }
  size_t EndOf(size_t sentence) const { return Begin(sentence) + sentences_[sentence].size(); }

  void Add(v1::GroundingItemKind kind, size_t at, std::string_view written) {
    if (Refuses(kind)) {
      size_t sentence = 0;
      while (sentence + 1 < sentences_.size() && EndOf(sentence) <= at) ++sentence;
      if (!refused_.empty()) refused_[sentence] = true;
    }
    items_.push_back({.kind = kind, .text = paper::Truncate(written, kLongestItem)});
  }

  void AddToAll(v1::GroundingItemKind kind, std::string_view written) {
    refused_.assign(refused_.size(), true);
    items_.push_back({.kind = kind, .text = paper::Truncate(written, kLongestItem)});
  }

  const Source& source_;
  std::string_view text_;
  std::vector<std::string_view> sentences_;
  std::vector<bool> refused_;
  std::vector<Item> items_;
  int removed_ = 0;
};

bool HoldsTerm(const NameIndex& names, std::string_view term) {
  // What is plain already is folded to itself.
  const bool plain = std::all_of(term.begin(), term.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '-';
  });
  if (plain) return names.HoldsKey(term) || names.HoldsInARow(term);
  const Folded folded(term);
  return names.HoldsKey(folded.text()) || names.HoldsInARow(folded.text());
}

// The verdict of a section, added where there is none yet.
v1::GroundingVerdict& VerdictOf(v1::Summary& summary, v1::Section section) {
  for (v1::GroundingVerdict& known : *summary.mutable_provenance()->mutable_grounding()) {
    if (known.section() == section) return known;
  }
  v1::GroundingVerdict& verdict = *summary.mutable_provenance()->add_grounding();
  verdict.set_section(section);
  verdict.set_outcome(v1::GROUNDING_OUTCOME_GROUNDED);
  return verdict;
}

void State(v1::Summary& summary, v1::Section section, const Verdict& found) {
  v1::GroundingVerdict& verdict = VerdictOf(summary, section);
  if (found.outcome == v1::GROUNDING_OUTCOME_GROUNDED) return;
  const bool worse = found.outcome == v1::GROUNDING_OUTCOME_REMOVED ||
                     verdict.outcome() == v1::GROUNDING_OUTCOME_GROUNDED;
  if (worse) verdict.set_outcome(found.outcome);
  for (const Item& item : found.items) {
    const bool told = std::any_of(
        verdict.items().begin(), verdict.items().end(),
        [&](const auto& other) { return other.kind() == item.kind && other.text() == item.text; });
    if (told || verdict.items_size() >= kMostItems) continue;
    v1::GroundingItem& added = *verdict.add_items();
    added.set_kind(item.kind);
    added.set_text(item.text);
    if (Refuses(item.kind)) verdict.add_ungrounded(item.text);
  }
}

}  // namespace

bool Refuses(v1::GroundingItemKind kind) {
  return kind != v1::GROUNDING_ITEM_KIND_DERIVED &&
         kind != v1::GROUNDING_ITEM_KIND_HIDDEN_CHARACTER;
}

Gate::Gate(std::string_view source) : source_(source) {}

Verdict Gate::Check(v1::Section section, std::string_view text) const {
  const std::string clean = paper::CleanParagraphs(text);
  Reading reading(source_, clean);
  if (CountHidden(text) > 0) reading.AddHidden();
  reading.Measure(LongestOf(section));
  return reading.Judge();
}

Verdict Gate::CheckTerm(std::string_view term) const {
  Verdict verdict;
  std::string clean = paper::CleanLine(term);
  const auto refuse = [&](v1::GroundingItemKind kind) {
    verdict.outcome = v1::GROUNDING_OUTCOME_REMOVED;
    verdict.items.push_back({.kind = kind, .text = paper::Truncate(clean, kLongestItem)});
  };
  if (CountHidden(term) > 0) {
    verdict.items.push_back({.kind = v1::GROUNDING_ITEM_KIND_HIDDEN_CHARACTER, .text = {}});
  }
  if (!HoldsWord(clean)) {
    refuse(v1::GROUNDING_ITEM_KIND_EMPTY);
  } else if (clean.size() > kLongestTerm) {
    refuse(v1::GROUNDING_ITEM_KIND_LENGTH);
  } else if (!FindLink(clean).empty()) {
    refuse(v1::GROUNDING_ITEM_KIND_LINK);
  } else if (!FindMarkup(clean).empty()) {
    refuse(v1::GROUNDING_ITEM_KIND_MARKUP);
  } else if (!HoldsTerm(source_.names(), clean)) {
    refuse(v1::GROUNDING_ITEM_KIND_NAME);
  } else {
    if (!verdict.items.empty()) verdict.outcome = v1::GROUNDING_OUTCOME_FLAGGED;
    verdict.kept = std::move(clean);
  }
  return verdict;
}

std::vector<std::string> UngroundedNumbers(std::string_view text, std::string_view source) {
  const Source known(source);
  const Folded folded(text);
  std::vector<std::string> missing;
  for (const Number& number : FindNumbers(folded.text())) {
    const Standing standing = known.Find(number, folded.text());
    if (standing == Standing::kHeld || standing == Standing::kDerived) continue;
    missing.emplace_back(folded.Written(text, number.begin, number.end));
  }
  return missing;
}

int Apply(v1::Summary& summary, std::string_view source) {
  const Gate gate(source);
  int removed = 0;
  const auto apply = [&](v1::Section section, std::string* text) {
    Verdict verdict = gate.Check(section, *text);
    *text = std::move(verdict.kept);
    State(summary, section, verdict);
    removed += verdict.removed;
  };
  apply(v1::SECTION_TLDR, summary.mutable_tldr());
  VerdictOf(summary, v1::SECTION_HIGHLIGHTS);
  std::vector<std::string> lines(summary.highlights().begin(), summary.highlights().end());
  for (std::string& line : lines) apply(v1::SECTION_HIGHLIGHTS, &line);
  std::erase(lines, "");
  summary.mutable_highlights()->Assign(lines.begin(), lines.end());
  apply(v1::SECTION_SUMMARY, summary.mutable_summary());
  apply(v1::SECTION_METHODOLOGY, summary.mutable_methodology());
  apply(v1::SECTION_RESULTS, summary.mutable_results());
  apply(v1::SECTION_IMPLICATIONS, summary.mutable_implications());
  std::vector<std::string> terms;
  for (const std::string& keyword : summary.keywords()) {
    Verdict verdict = gate.CheckTerm(keyword);
    if (verdict.outcome != v1::GROUNDING_OUTCOME_GROUNDED) {
      State(summary, v1::SECTION_KEYWORDS, verdict);
    }
    if (!verdict.kept.empty()) terms.push_back(std::move(verdict.kept));
  }
  summary.mutable_keywords()->Assign(terms.begin(), terms.end());
  return removed;
}

std::vector<v1::GroundingVerdict> Report(const v1::Summary& summary, std::string_view source) {
  v1::Summary copy = summary;
  copy.mutable_provenance()->clear_grounding();
  Apply(copy, source);
  return {copy.provenance().grounding().begin(), copy.provenance().grounding().end()};
}

}  // namespace paperwire::grounding
