#include "libs/grounding/gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "libs/grounding/hygiene.h"
#include "libs/grounding/numbers.h"
#include "libs/grounding/sentences.h"
#include "libs/paper/text.h"

namespace paperwire::grounding {
namespace {

// What a source holds, looked up once per card.
class Source {
 public:
  explicit Source(std::string_view text) {
    for (const Number& number : FindNumbers(text)) {
      written_.insert(text.substr(number.begin, number.end - number.begin));
      if (number.kind == NumberKind::kName) {
        names_.insert(Folded(text.substr(number.begin, number.end - number.begin)));
      } else {
        numbers_.push_back(number);
      }
    }
    std::sort(numbers_.begin(), numbers_.end(),
              [](const Number& a, const Number& b) { return a.value < b.value; });
  }

  bool Holds(const Number& number, std::string_view as_written) const {
    if (number.loose || written_.contains(as_written)) return true;
    if (number.kind == NumberKind::kName) return names_.contains(Folded(as_written));
    if (Near(number, number.value, number.step)) return true;
    // 5 % may stand there as 0.05.
    return number.kind == NumberKind::kPercent &&
           Near(Number{.kind = NumberKind::kPlain}, number.value / 100, number.step / 100);
  }

 private:
  // Names are compared without case and hyphens: "ResNet-50" is "Resnet50".
  static std::string Folded(std::string_view name) {
    std::string folded;
    for (const char c : name) {
      if (c == '-' || c == '_' || c == ' ') continue;
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return folded;
  }

  static bool KindsFit(NumberKind asked, const Number& found) {
    if (asked == NumberKind::kPlain || asked == found.kind) return true;
    // Sources leave a unit out where their context gives it; whole numbers mean too many things.
    return found.kind == NumberKind::kPlain && found.step < 1;
  }

  // Rounding to the digits shown is allowed, showing more digits than the source has is not.
  bool Near(const Number& asked, double value, double step) const {
    const double slack = std::max(std::abs(value) * 1e-9, step * 0.5000001);
    auto it = std::lower_bound(numbers_.begin(), numbers_.end(), value - slack,
                               [](const Number& n, double v) { return n.value < v; });
    for (; it != numbers_.end() && it->value <= value + slack; ++it) {
      if (!KindsFit(asked.kind, *it)) continue;
      const bool equal = std::abs(it->value - value) <= std::abs(value) * 1e-9;
      if (equal || (it->step < step * 0.999 && !asked.in_words)) return true;
    }
    return false;
  }

  std::vector<Number> numbers_;
  std::set<std::string_view> written_;
  std::set<std::string> names_;
};

std::vector<std::string> Ungrounded(std::string_view text, const Source& source) {
  std::vector<std::string> missing;
  for (const Number& number : FindNumbers(text)) {
    const std::string_view written = text.substr(number.begin, number.end - number.begin);
    if (!source.Holds(number, written)) missing.emplace_back(written);
  }
  return missing;
}

struct Check {
  std::string kept;
  int removed = 0;
  std::vector<std::string> missing;
};

Check CheckText(const std::string& text, const Source& source) {
  Check check;
  const std::string clean = paper::CleanParagraphs(text);
  for (const std::string_view sentence : SplitSentences(clean)) {
    std::vector<std::string> missing = Ungrounded(sentence, source);
    if (missing.empty() && !HasLinkOrMarkup(sentence)) {
      if (!check.kept.empty()) check.kept += ' ';
      check.kept += sentence;
      continue;
    }
    ++check.removed;
    if (missing.empty()) missing.emplace_back("link or markup");
    check.missing.insert(check.missing.end(), missing.begin(), missing.end());
  }
  return check;
}

// The verdict of a section, added where there is none yet. A section that lost something keeps
// saying so when it is looked at again.
void State(v1::Summary& summary, v1::Section section, const std::vector<std::string>& missing,
           int removed) {
  v1::GroundingVerdict* verdict = nullptr;
  for (v1::GroundingVerdict& known : *summary.mutable_provenance()->mutable_grounding()) {
    if (known.section() == section) verdict = &known;
  }
  if (verdict == nullptr) {
    verdict = summary.mutable_provenance()->add_grounding();
    verdict->set_section(section);
    verdict->set_outcome(v1::GROUNDING_OUTCOME_GROUNDED);
  }
  if (removed == 0) return;
  verdict->set_outcome(v1::GROUNDING_OUTCOME_REMOVED);
  for (const std::string& number : missing) verdict->add_ungrounded(number);
}

}  // namespace

std::vector<std::string> UngroundedNumbers(std::string_view text, std::string_view source) {
  return Ungrounded(text, Source(source));
}

int Apply(v1::Summary& summary, std::string_view source) {
  const Source known(source);
  int total = 0;
  const auto apply = [&](v1::Section section, std::string* text) {
    Check check = CheckText(*text, known);
    *text = std::move(check.kept);
    State(summary, section, check.missing, check.removed);
    total += check.removed;
  };
  apply(v1::SECTION_TLDR, summary.mutable_tldr());

  std::vector<std::string> lines;
  std::vector<std::string> missing;
  int removed = 0;
  for (const std::string& line : summary.highlights()) {
    Check check = CheckText(line, known);
    if (!check.kept.empty()) lines.push_back(std::move(check.kept));
    missing.insert(missing.end(), check.missing.begin(), check.missing.end());
    removed += check.removed;
  }
  summary.mutable_highlights()->Assign(lines.begin(), lines.end());
  State(summary, v1::SECTION_HIGHLIGHTS, missing, removed);
  total += removed;

  apply(v1::SECTION_SUMMARY, summary.mutable_summary());
  apply(v1::SECTION_METHODOLOGY, summary.mutable_methodology());
  apply(v1::SECTION_RESULTS, summary.mutable_results());
  apply(v1::SECTION_IMPLICATIONS, summary.mutable_implications());
  return total;
}

}  // namespace paperwire::grounding
