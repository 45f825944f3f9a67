#include "services/serve/search/spelling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "services/serve/search/terms.h"

namespace paperwire::serve::search {
namespace {

constexpr size_t kShortest = 3;
constexpr size_t kTwoFrom = 6;
constexpr size_t kLongest = 48;
// What a letter more costs, against the logarithm of the papers.
constexpr double kLetterCost = 3;

size_t LivePapers(const Index::Part& part, Segment::TermId term) {
  const Segment::Postings postings = part.segment->Of(term);
  if (part.dead == nullptr) return postings.docs.size();
  return static_cast<size_t>(
      std::count_if(postings.docs.begin(), postings.docs.end(),
                    [&](DocId doc) { return !IsDead(part.dead.get(), doc); }));
}

// Goes through sorted terms as through a tree of letters: what a term has in common with the one
// before is not counted again, and where no term that goes on from here can be near, all of them
// are passed at once.
class NearWalk {
 public:
  NearWalk(std::string_view wanted, int most) : wanted_(wanted), most_(most) {
    for (size_t i = 0; i <= wanted.size(); ++i) rows_[0][i] = static_cast<int>(i);
  }

  template <typename Take>
  void Walk(const Segment& segment, Segment::TermId begin, Segment::TermId end, const Take& take) {
    std::string_view before;
    for (Segment::TermId at = begin; at < end;) {
      const std::string_view term = segment.term(at);
      size_t depth = static_cast<size_t>(
          std::mismatch(before.begin(), before.end(), term.begin(), term.end()).first -
          before.begin());
      bool near = term.size() <= kLongest;
      while (near && depth < term.size()) near = Step(term, ++depth) <= most_;
      before = term.substr(0, depth);
      if (near) {
        const int distance = rows_[depth][wanted_.size()];
        if (distance > 0 && distance <= most_) take(at, distance);
        ++at;
      } else if (term.size() > kLongest) {
        before = {};
        ++at;
      } else {
        at = std::max(at + 1, segment.Range(before).second);
      }
    }
  }

 private:
  // The row of the first `depth` letters of `term`; the least of it.
  int Step(std::string_view term, size_t depth) {
    const auto& above = rows_[depth - 1];
    auto& row = rows_[depth];
    row[0] = static_cast<int>(depth);
    int least = row[0];
    const char letter = term[depth - 1];
    for (size_t i = 1; i <= wanted_.size(); ++i) {
      row[i] = std::min(
          {above[i] + 1, row[i - 1] + 1, above[i - 1] + (wanted_[i - 1] == letter ? 0 : 1)});
      if (depth > 1 && i > 1 && letter == wanted_[i - 2] && term[depth - 2] == wanted_[i - 1]) {
        row[i] = std::min(row[i], rows_[depth - 2][i - 2] + 1);
      }
      least = std::min(least, row[i]);
    }
    return least;
  }

  std::string_view wanted_;
  int most_;
  std::array<std::array<int, kLongest + 1>, kLongest + 1> rows_ = {};
};

}  // namespace

size_t PapersWith(const Index& index, std::string_view term) {
  size_t papers = 0;
  for (const Index::Part& part : index.parts()) {
    const auto found = part.segment->FindTerm(term);
    if (found) papers += LivePapers(part, *found);
  }
  return papers;
}

std::vector<NearTerm> TermsNear(const Index& index, std::string_view term, size_t most) {
  if (term.size() < kShortest || term.size() > kLongest) return {};
  const int letters = term.size() < kTwoFrom ? 1 : 2;
  std::map<std::string, NearTerm, std::less<>> found;
  const auto look = [&](int within, bool same_first) {
    NearWalk walk(term, within);
    for (const Index::Part& part : index.parts()) {
      const Segment& segment = *part.segment;
      const auto [begin, end] = same_first
                                    ? segment.Range(term.substr(0, 1))
                                    : std::pair(segment.LowerBound(kFirstWord),
                                                static_cast<Segment::TermId>(segment.terms()));
      walk.Walk(segment, begin, end, [&](Segment::TermId at, int distance) {
        const size_t papers = LivePapers(part, at);
        if (papers == 0) return;
        NearTerm& near = found.try_emplace(std::string(segment.term(at))).first->second;
        near.distance = distance;
        near.papers += papers;
      });
    }
  };
  look(letters, true);
  if (found.empty()) look(1, false);

  std::vector<NearTerm> near;
  for (auto& [text, candidate] : found) {
    candidate.term = text;
    near.push_back(std::move(candidate));
  }
  const auto worth = [](const NearTerm& candidate) {
    return std::log1p(static_cast<double>(candidate.papers)) - kLetterCost * candidate.distance;
  };
  std::stable_sort(near.begin(), near.end(),
                   [&](const NearTerm& a, const NearTerm& b) { return worth(a) > worth(b); });
  if (near.size() > most) near.resize(most);
  return near;
}

}  // namespace paperwire::serve::search
