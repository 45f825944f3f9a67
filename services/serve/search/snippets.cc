#include "services/serve/search/snippets.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "services/serve/search/sequence_reader.h"

namespace paperwire::serve::search {
namespace {

constexpr std::string_view kCut = "…";
// Words that a snippet has together, at about the length of one.
constexpr uint32_t kSpan = 24;
// Words before the first match.
constexpr uint32_t kLead = 5;

// Of equally good fields the one that stands first.
constexpr std::array<Field, kFields> kPreference = {
    Field::kTitle,   Field::kAbstract,    Field::kTldr,    Field::kHighlights,   Field::kSummary,
    Field::kResults, Field::kMethodology, Field::kAuthors, Field::kImplications, Field::kKeywords};

using ClauseSet = uint64_t;
ClauseSet BitOf(uint32_t clause) { return ClauseSet{1} << (clause % 64); }

bool IsShort(Field field) {
  return field == Field::kTitle || field == Field::kAuthors || field == Field::kKeywords;
}

// Which fields to show: each must say more than those before it, but beside names and titles a
// sentence is always worth showing.
std::vector<Field> Choose(const std::array<ClauseSet, kFields>& found) {
  std::vector<Field> chosen;
  ClauseSet covered = 0;
  bool sentence = false;
  while (chosen.size() < kMostSnippets) {
    const auto worth = [&](Field field) {
      const ClauseSet clauses = found[static_cast<size_t>(field)];
      if (std::find(chosen.begin(), chosen.end(), field) != chosen.end()) return 0;
      const int added = std::popcount(clauses & ~covered);
      const bool context = !IsShort(field) && !sentence;
      if (added == 0 && !context) return 0;
      return added * 64 + (field == Field::kTitle ? 32 : 0) + std::popcount(clauses);
    };
    const auto* best = std::max_element(kPreference.begin(), kPreference.end(),
                                        [&](Field a, Field b) { return worth(a) < worth(b); });
    if (worth(*best) == 0) break;
    chosen.push_back(*best);
    covered |= found[static_cast<size_t>(*best)];
    sentence = sentence || !IsShort(*best);
  }
  return chosen;
}

// The first of those occurrences that have the most clauses together.
std::span<const Occurrence> BestSpan(std::span<const Occurrence> occurrences) {
  size_t best = 0;
  int most = 0;
  for (size_t i = 0; i < occurrences.size(); ++i) {
    ClauseSet clauses = 0;
    for (size_t j = i;
         j < occurrences.size() && occurrences[j].position < occurrences[i].position + kSpan; ++j) {
      clauses |= BitOf(occurrences[j].clause);
    }
    if (std::popcount(clauses) > most) {
      most = std::popcount(clauses);
      best = i;
    }
  }
  return occurrences.subspan(best);
}

// Bytes of a value.
struct Cut {
  size_t begin = 0;
  size_t end = 0;
};

// Math is shown whole or not at all.
void KeepMathWhole(std::string_view text, Cut& cut) {
  for (size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
    const size_t end = EndOfMath(text, at);
    if (end == at) {
      ++at;
      continue;
    }
    if (at < cut.begin && cut.begin < end) cut.begin = at;
    if (at < cut.end && cut.end < end && at > cut.begin) cut.end = at;
    at = end;
    if (at >= cut.end) return;
  }
}

Cut CutAround(const PlacedValue& value, uint32_t position) {
  const std::string_view text = value.text;
  if (text.size() <= kLongestSnippet) return {.begin = 0, .end = text.size()};
  const auto word_at = [&](uint32_t wanted) {
    return std::lower_bound(value.words.begin(), value.words.end(), wanted,
                            [](const Word& word, uint32_t place) { return word.position < place; });
  };
  const uint32_t in_value = position - value.first;
  Cut cut;
  cut.begin = in_value <= kLead ? 0 : word_at(in_value - kLead)->begin;
  if (text.size() - cut.begin <= kLongestSnippet) {
    // Near the end: what fits before it.
    const size_t least = text.size() - kLongestSnippet;
    const auto first = std::find_if(value.words.begin(), value.words.end(),
                                    [&](const Word& word) { return word.begin >= least; });
    cut.begin = first == value.words.end() ? cut.begin : std::min(cut.begin, first->begin);
    cut.end = text.size();
  } else {
    cut.end = cut.begin;
    for (auto word = word_at(in_value <= kLead ? 0 : in_value - kLead); word != value.words.end();
         ++word) {
      if (word->end > cut.begin + kLongestSnippet && cut.end > cut.begin) break;
      cut.end = word->end;
    }
  }
  KeepMathWhole(text, cut);
  return cut;
}

// The match of one word may go on: "finetuning" was found in "fine-tuning".
size_t EndOfJoined(const PlacedValue& value, const Word* word) {
  size_t end = word->end;
  for (++word; word != value.words.data() + value.words.size() && word->joined; ++word) {
    end = word->end;
  }
  return end;
}

v1::Snippet MakeSnippet(const Segment& segment, const PlacedValue& value, Field field,
                        uint32_t position, std::span<const Occurrence> occurrences) {
  v1::Snippet snippet;
  snippet.set_field(std::string(kFieldNames[static_cast<size_t>(field)]));
  const Cut cut = CutAround(value, position);
  std::string& text = *snippet.mutable_text();
  if (cut.begin > 0) text += kCut;
  const size_t lead = text.size();
  text += value.text.substr(cut.begin, cut.end - cut.begin);
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (cut.end < value.text.size()) text += kCut;
  for (const Occurrence& occurrence : occurrences) {
    const Word* first = value.At(occurrence.position);
    const Word* last = value.At(occurrence.position + occurrence.length - 1);
    if (first == nullptr || last == nullptr || first->begin < cut.begin) continue;
    const bool whole = occurrence.term == Occurrence::kNoTerm ||
                       segment.term(occurrence.term) == TermOf(value.Written(*first));
    const size_t end = whole ? last->end : EndOfJoined(value, last);
    if (end > cut.end) continue;
    const auto from = static_cast<uint32_t>(first->begin - cut.begin + lead);
    const auto to = static_cast<uint32_t>(end - cut.begin + lead);
    const int matches = snippet.matches_size();
    if (matches > 0 && from < snippet.matches(matches - 1).end()) {
      v1::MatchRange* before = snippet.mutable_matches(matches - 1);
      before->set_end(std::max(before->end(), to));
      continue;
    }
    v1::MatchRange* match = snippet.add_matches();
    match->set_begin(from);
    match->set_end(to);
  }
  return snippet;
}

}  // namespace

std::vector<v1::Snippet> SnippetMaker::Make(Index::Place place, const EntryText& text) {
  const Segment& segment = *index_.parts()[place.part].segment;
  OccurrenceFinder& finder = finders_.try_emplace(place.part, segment, query_).first->second;
  const std::vector<Occurrence> all = finder.Find(place.doc);
  const FieldStarts& starts = segment.starts(place.doc);
  std::array<ClauseSet, kFields> found = {};
  for (const Occurrence& occurrence : all) {
    found[static_cast<size_t>(FieldAt(starts, occurrence.position))] |= BitOf(occurrence.clause);
  }
  std::vector<v1::Snippet> snippets;
  for (const Field field : Choose(found)) {
    const auto in_field = [&](uint32_t end) {
      return std::partition_point(all.begin(), all.end(), [end](const Occurrence& occurrence) {
        return occurrence.position < end;
      });
    };
    const auto begin = in_field(starts[static_cast<size_t>(field)]);
    const auto end = in_field(starts[static_cast<size_t>(field) + 1]);
    const std::span<const Occurrence> best = BestSpan(std::span(begin, end));
    if (best.empty()) continue;
    const PlacedValue value = ValueAt(text, starts, field, best.front().position);
    if (value.text.empty()) continue;
    v1::Snippet snippet =
        MakeSnippet(segment, value, field, best.front().position, std::span(begin, end));
    if (snippet.matches_size() > 0) snippets.push_back(std::move(snippet));
  }
  return snippets;
}

}  // namespace paperwire::serve::search
