#include "services/serve/search/search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "services/serve/search/matches.h"

namespace paperwire::serve::search {
namespace {

// A paper of one segment while a query is worked off.
struct Candidate {
  DocId doc;
  int32_t score;
};

int32_t ScoreOf(const Clause& clause, float rarity, float weight) {
  const float share = clause.fact ? 1 : weight / (weight + kSaturation);
  return static_cast<int32_t>(rarity * clause.boost * share * kScoreUnit);
}

// The first place in `docs`, from `at` on, that is not before `doc`.
size_t SkipTo(std::span<const DocId> docs, size_t at, DocId doc) {
  size_t step = 1;
  size_t end = at;
  while (end < docs.size() && docs[end] < doc) {
    at = end + 1;
    end += step;
    step *= 2;
  }
  end = std::min(end, docs.size());
  return static_cast<size_t>(std::lower_bound(docs.begin() + static_cast<ptrdiff_t>(at),
                                              docs.begin() + static_cast<ptrdiff_t>(end), doc) -
                             docs.begin());
}

// One query over one part of the index.
class PartSearch {
 public:
  PartSearch(const Index& index, const Index::Part& part, const Query& query)
      : index_(index), part_(part), query_(query) {
    all_.reserve(query.all.size());
    for (const Clause& clause : query.all) all_.emplace_back(index, part, clause);
  }

  const std::vector<Matches>& all() const { return all_; }

  std::vector<Candidate> Candidates(const std::vector<float>& rarities, const Options& options) {
    std::vector<Candidate> found;
    if (all_.empty()) {
      for (size_t doc = 0; doc < part_.segment->size(); ++doc) {
        found.push_back({.doc = static_cast<DocId>(doc), .score = 0});
      }
    } else if (options.any) {
      found = Union(rarities);
    } else {
      found = Intersection(rarities);
    }
    std::erase_if(
        found, [&](const Candidate& candidate) { return !Counts(candidate.doc, options.oldest); });
    for (const Clause& clause : query_.none) Exclude(clause, found);
    return found;
  }

 private:
  bool Counts(DocId doc, int32_t oldest) const {
    const int32_t day = part_.segment->day(doc);
    return day >= oldest && query_.days.Hold(day) && !IsDead(part_.dead.get(), doc) &&
           std::none_of(query_.not_days.begin(), query_.not_days.end(),
                        [day](const Days& days) { return days.Hold(day); });
  }

  std::vector<Candidate> Intersection(const std::vector<float>& rarities) const {
    std::vector<size_t> order(all_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(),
              [this](size_t a, size_t b) { return all_[a].docs().size() < all_[b].docs().size(); });
    std::vector<Candidate> found;
    const Matches& fewest = all_[order.front()];
    found.reserve(fewest.docs().size());
    for (size_t i = 0; i < fewest.docs().size(); ++i) {
      found.push_back(
          {.doc = fewest.docs()[i],
           .score = ScoreOf(query_.all[order.front()], rarities[order.front()], fewest.weight(i))});
    }
    for (size_t next = 1; next < order.size(); ++next) {
      const Matches& matches = all_[order[next]];
      const std::span<const DocId> docs = matches.docs();
      size_t at = 0;
      size_t kept = 0;
      for (const Candidate& candidate : found) {
        at = SkipTo(docs, at, candidate.doc);
        if (at == docs.size()) break;
        if (docs[at] != candidate.doc) continue;
        found[kept++] = {
            .doc = candidate.doc,
            .score = candidate.score +
                     ScoreOf(query_.all[order[next]], rarities[order[next]], matches.weight(at))};
      }
      found.resize(kept);
    }
    return found;
  }

  std::vector<Candidate> Union(const std::vector<float>& rarities) const {
    constexpr int32_t kAbsent = -1;
    std::vector<int32_t> scores(part_.segment->size(), kAbsent);
    const auto add = [&](bool facts) {
      for (size_t clause = 0; clause < all_.size(); ++clause) {
        if (query_.all[clause].fact != facts) continue;
        const Matches& matches = all_[clause];
        for (size_t i = 0; i < matches.docs().size(); ++i) {
          int32_t& score = scores[matches.docs()[i]];
          if (facts && score == kAbsent) continue;
          score =
              std::max(score, 0) + ScoreOf(query_.all[clause], rarities[clause], matches.weight(i));
        }
      }
    };
    add(/*facts=*/false);
    add(/*facts=*/true);
    std::vector<Candidate> found;
    for (size_t doc = 0; doc < scores.size(); ++doc) {
      if (scores[doc] != kAbsent) {
        found.push_back({.doc = static_cast<DocId>(doc), .score = scores[doc]});
      }
    }
    return found;
  }

  void Exclude(const Clause& clause, std::vector<Candidate>& found) const {
    const Matches matches(index_, part_, clause);
    const std::span<const DocId> docs = matches.docs();
    size_t at = 0;
    std::erase_if(found, [&](const Candidate& candidate) {
      at = SkipTo(docs, at, candidate.doc);
      return at < docs.size() && docs[at] == candidate.doc;
    });
  }

  const Index& index_;
  const Index::Part& part_;
  const Query& query_;
  std::vector<Matches> all_;
};

// The order of results. The id is asked for only where score and day are equal.
bool Better(const Hit& a, const Hit& b, const Index& index) {
  if (a.score != b.score) return a.score > b.score;
  if (a.day != b.day) return a.day > b.day;
  return index.parts()[a.place.part].segment->id(a.place.doc) >
         index.parts()[b.place.part].segment->id(b.place.doc);
}

// Leaves out what does not stand behind `after`.
void GoOnAfter(const Index& index, const After& after, std::vector<Hit>& hits) {
  Hit last = {.score = after.score, .day = after.day, .place = {}};
  const std::optional<Index::Place> place = index.Find(after.arxiv_id);
  const auto same = std::find_if(hits.begin(), hits.end(),
                                 [&](const Hit& hit) { return place && hit.place == *place; });
  if (same != hits.end()) last = *same;
  std::erase_if(hits, [&](const Hit& hit) {
    if (hit.score != last.score) return hit.score > last.score;
    if (hit.day != last.day) return hit.day > last.day;
    return index.parts()[hit.place.part].segment->id(hit.place.doc) >= after.arxiv_id;
  });
}

}  // namespace

float RarityOf(size_t papers, size_t of) {
  const auto n = static_cast<float>(papers);
  const auto all = static_cast<float>(of);
  return std::log1p((all - n + 0.5F) / (n + 0.5F));
}

std::vector<DocId> FindAny(const Index& index, const Index::Part& part, const Query& query) {
  Options options;
  options.any = true;
  const std::vector<float> rarities(query.all.size());
  std::vector<DocId> docs;
  for (const Candidate& candidate : PartSearch(index, part, query).Candidates(rarities, options)) {
    docs.push_back(candidate.doc);
  }
  return docs;
}

Results Search(const Index& index, const Query& query, const Options& options) {
  std::vector<PartSearch> parts;
  parts.reserve(index.parts().size());
  for (const Index::Part& part : index.parts()) parts.emplace_back(index, part, query);
  std::vector<float> rarities;
  for (size_t clause = 0; clause < query.all.size(); ++clause) {
    size_t papers = 0;
    for (const PartSearch& part : parts) papers += part.all()[clause].live();
    rarities.push_back(RarityOf(papers, index.size()));
  }

  Results results;
  for (uint32_t number = 0; number < parts.size(); ++number) {
    const Segment& segment = *index.parts()[number].segment;
    for (const Candidate& candidate : parts[number].Candidates(rarities, options)) {
      if (options.keep && !options.keep(segment.entry(candidate.doc))) continue;
      results.hits.push_back({.score = candidate.score,
                              .day = segment.day(candidate.doc),
                              .place = {.part = number, .doc = candidate.doc}});
    }
  }
  results.total = results.hits.size();
  if (options.after) GoOnAfter(index, *options.after, results.hits);
  results.more = results.hits.size() > options.limit;
  const size_t shown = std::min(results.hits.size(), options.limit);
  std::partial_sort(results.hits.begin(), results.hits.begin() + static_cast<ptrdiff_t>(shown),
                    results.hits.end(),
                    [&](const Hit& a, const Hit& b) { return Better(a, b, index); });
  results.hits.resize(shown);
  return results;
}

}  // namespace paperwire::serve::search
