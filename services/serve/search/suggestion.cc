#include "services/serve/search/suggestion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/serve/search/occurrences.h"
#include "services/serve/search/sequence_reader.h"
#include "services/serve/search/spelling.h"

namespace paperwire::serve::search {
namespace {

constexpr int kMostTrials = 16;
constexpr size_t kNearTerms = 3;
// Of words that no paper holds. Each costs a walk through the index's terms, and what has more of
// them is no slip of the pen.
constexpr std::ptrdiff_t kMostUnknown = 4;

// Bytes of the query, and what to put there.
struct Edit {
  size_t begin = 0;
  size_t end = 0;
  std::string text;
};

// A word that could be misspelt.
struct Doubt {
  Slot slot;
  size_t papers = 0;
  std::vector<NearTerm> near;
};

std::string Apply(std::string_view text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  std::string made;
  size_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.begin < at) continue;
    made += text.substr(at, edit.begin - at);
    made += edit.text;
    at = edit.end;
  }
  made += text.substr(at);
  // One space where words were taken out.
  std::string tidy;
  for (const char byte : made) {
    if (byte != ' ' || (!tidy.empty() && tidy.back() != ' ')) tidy += byte;
  }
  while (!tidy.empty() && tidy.back() == ' ') tidy.pop_back();
  return tidy;
}

// A term as it is written in a paper, in small letters: terms lack the endings of plurals.
std::string Written(const Index& index, const std::string& term) {
  for (const Index::Part& part : index.parts()) {
    const Segment& segment = *part.segment;
    const auto found = segment.FindTerm(term);
    if (!found) continue;
    const Segment::Postings postings = segment.Of(*found);
    for (size_t i = 0; i < postings.docs.size(); ++i) {
      const DocId doc = postings.docs[i];
      if (IsDead(part.dead.get(), doc)) continue;
      std::vector<uint32_t> positions;
      segment.Positions(postings.first + i, positions);
      if (positions.empty()) continue;
      const EntryText text(*segment.entry(doc));
      const FieldStarts& starts = segment.starts(doc);
      const PlacedValue value =
          ValueAt(text, starts, FieldAt(starts, positions.front()), positions.front());
      const Word* word = value.At(positions.front());
      if (word == nullptr || TermOf(value.Written(*word)) != term) break;
      std::string written(value.Written(*word));
      absl::AsciiStrToLower(&written);
      return written;
    }
  }
  return term;
}

class Suggester {
 public:
  Suggester(const Index& index, std::string_view text, const Query& query,
            const TagReader& read_tag, Options options)
      : index_(index),
        text_(text),
        query_(query),
        read_tag_(read_tag),
        options_(std::move(options)) {
    options_.limit = 1;
    options_.after.reset();
  }

  std::string Run() {
    FindDoubts();
    std::string found = Respell();
    if (found.empty()) found = WithoutQuotes();
    if (found.empty()) found = WithoutAClause();
    return found;
  }

 private:
  size_t Trial(const std::string& text) {
    if (trials_++ >= kMostTrials || text == text_) return 0;
    const absl::StatusOr<Query> query = ParseQuery(text, read_tag_);
    if (!query.ok() || query->all.empty()) return 0;
    return Search(index_, *query, options_).total;
  }

  void FindDoubts() {
    for (const Clause& clause : query_.all) {
      if (clause.fact) continue;
      const Sequence& row = clause.any.front();
      for (size_t i = 0; i < row.slots.size(); ++i) {
        if (row.prefix && i + 1 == row.slots.size()) continue;
        doubts_.push_back(
            {.slot = row.slots[i], .papers = PapersWith(index_, row.slots[i].term), .near = {}});
      }
    }
    std::stable_sort(doubts_.begin(), doubts_.end(),
                     [](const Doubt& a, const Doubt& b) { return a.papers < b.papers; });
  }

  Edit Replacing(const Doubt& doubt, size_t choice) const {
    return {.begin = doubt.slot.begin,
            .end = doubt.slot.end,
            .text = Written(index_, doubt.near[choice].term)};
  }

  // Words that no paper holds by the likeliest ones, then one of them by the next likeliest; then
  // the rarest that some paper holds: it may be misspelt there too.
  std::string Respell() {
    if (std::count_if(doubts_.begin(), doubts_.end(),
                      [](const Doubt& doubt) { return doubt.papers == 0; }) > kMostUnknown) {
      return {};
    }
    size_t unknown = 0;
    std::vector<Edit> edits;
    for (Doubt& doubt : doubts_) {
      if (doubt.papers > 0) break;
      doubt.near = TermsNear(index_, doubt.slot.term, kNearTerms);
      if (!doubt.near.empty()) {
        edits.push_back(Replacing(doubt, 0));
      } else {
        edits.push_back({.begin = doubt.slot.begin, .end = doubt.slot.end, .text = {}});
      }
      ++unknown;
    }
    if (unknown > 0) {
      std::string tried = Apply(text_, edits);
      if (Trial(tried) > 0) return tried;
    }
    for (size_t i = 0; i < unknown; ++i) {
      for (size_t choice = 1; choice < doubts_[i].near.size(); ++choice) {
        std::vector<Edit> others = edits;
        others[i] = Replacing(doubts_[i], choice);
        std::string tried = Apply(text_, others);
        if (Trial(tried) > 0) return tried;
      }
    }
    if (unknown == 0 && !doubts_.empty()) {
      Doubt& rarest = doubts_.front();
      rarest.near = TermsNear(index_, rarest.slot.term, kNearTerms);
      for (size_t choice = 0; choice < rarest.near.size(); ++choice) {
        std::string tried = Apply(text_, {Replacing(rarest, choice)});
        if (Trial(tried) > 0) return tried;
      }
    }
    return {};
  }

  std::string WithoutQuotes() {
    if (std::none_of(query_.all.begin(), query_.all.end(),
                     [](const Clause& clause) { return clause.quoted && !clause.fact; })) {
      return {};
    }
    std::vector<Edit> edits;
    for (const Clause& clause : query_.all) {
      if (!clause.quoted || clause.fact || clause.groups != 0) continue;
      const std::vector<Slot>& slots = clause.any.front().slots;
      edits.push_back({.begin = clause.begin,
                       .end = clause.end,
                       .text = std::string(text_.substr(slots.front().begin,
                                                        slots.back().end - slots.front().begin))});
    }
    std::string tried = Apply(text_, edits);
    return Trial(tried) > 0 ? tried : std::string();
  }

  // Without the one clause that stands most in the way.
  std::string WithoutAClause() {
    std::string best;
    size_t most = 0;
    for (const Clause& clause : query_.all) {
      std::string tried = Apply(text_, {{.begin = clause.begin, .end = clause.end, .text = {}}});
      const size_t total = Trial(tried);
      if (total > most) {
        most = total;
        best = std::move(tried);
      }
    }
    return best;
  }

  const Index& index_;
  std::string_view text_;
  const Query& query_;
  const TagReader& read_tag_;
  Options options_;
  int trials_ = 0;
  // Rarest first.
  std::vector<Doubt> doubts_;
};

}  // namespace

std::string Suggest(const Index& index, std::string_view text, const Query& query,
                    const TagReader& read_tag, const Options& options) {
  return Suggester(index, text, query, read_tag, options).Run();
}

}  // namespace paperwire::serve::search
