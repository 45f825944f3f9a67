#include "services/serve/search/query_words.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/serve/search/terms.h"

namespace paperwire::serve::search {
namespace {

Sequence OneTerm(std::string term, const Slot& where) {
  Sequence sequence;
  sequence.slots.push_back(
      {.term = std::move(term), .offset = 0, .begin = where.begin, .end = where.end});
  return sequence;
}

// In the index stand words without the ending of the plural: "cache*" must find "cach".
void AddWholeWords(const Slot& slot, std::vector<Sequence>& sequences) {
  std::vector<std::string> terms;
  for (const std::string_view ending : {"", "s", "es"}) {
    std::string term = slot.term + std::string(ending);
    TakePlural(term, 0);
    if (!term.starts_with(slot.term) &&
        std::find(terms.begin(), terms.end(), term) == terms.end()) {
      terms.push_back(std::move(term));
    }
  }
  for (std::string& term : terms) sequences.push_back(OneTerm(std::move(term), slot));
}

}  // namespace

std::vector<Sequence> SequencesOf(std::string_view value, const Reading& reading) {
  Sequence row = {.slots = {}, .prefix = reading.prefix, .near = reading.name};
  std::string joined;
  Slot whole;
  size_t words = 0;
  bool all_joined = true;
  WordScanner scanner(value);
  uint32_t first = 0;
  bool last_stopped = false;
  for (Word word; scanner.Next(word);) {
    Slot slot = {.term = {},
                 .offset = word.position,
                 .begin = reading.at + word.begin,
                 .end = reading.at + word.end};
    FoldWord(value.substr(word.begin, word.end - word.begin), slot.term);
    if (slot.term.empty()) continue;
    if (words == 0) whole.begin = slot.begin;
    whole.end = slot.end;
    if (words > 0 && !word.joined) all_joined = false;
    ++words;
    if (words <= kMostJoined) joined += slot.term;
    const bool last = word.end + (reading.prefix ? 1 : 0) >= value.size();
    if (!(reading.prefix && last)) TakePlural(slot.term, 0);
    last_stopped = !reading.name && !(reading.prefix && last) && IsStopWord(slot.term);
    if (last_stopped) continue;
    if (row.slots.empty()) first = slot.offset;
    slot.offset -= first;
    row.slots.push_back(std::move(slot));
  }
  std::vector<Sequence> sequences;
  if (row.slots.empty()) return sequences;
  if (last_stopped) row.prefix = false;
  if (words > 1 && words <= kMostJoined && all_joined) {
    if (!reading.prefix) TakePlural(joined, 0);
    sequences.push_back(OneTerm(std::move(joined), whole));
    sequences.back().prefix = reading.prefix;
  }
  if (row.prefix && row.slots.size() == 1) AddWholeWords(row.slots.front(), sequences);
  // The row is always the first.
  sequences.insert(sequences.begin(), std::move(row));
  return sequences;
}

}  // namespace paperwire::serve::search
