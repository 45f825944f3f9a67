#include "services/serve/search/related.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "services/serve/search/entry_text.h"
#include "services/serve/search/spelling.h"
#include "services/serve/search/terms.h"

namespace paperwire::serve::search {
namespace {

// The words that stand for a paper.
constexpr size_t kMostTerms = 30;
// A word that more than one paper in kCommonShare holds says nothing of it; one that few hold does,
// however small the window is.
constexpr size_t kCommonShare = 8;
constexpr size_t kFew = 5;
constexpr float kKeywordBoost = 1.5F;
constexpr float kTagBoost = 0.5F;

struct WeighedField {
  Field field;
  float weight;
};
constexpr WeighedField kFieldsOfTopic[] = {{Field::kTitle, 3},
                                           {Field::kKeywords, 2},
                                           {Field::kTldr, 1},
                                           {Field::kHighlights, 1},
                                           {Field::kAbstract, 1}};

Clause OneTerm(const std::string& term, float boost, bool fact) {
  Clause clause;
  clause.fact = fact;
  clause.boost = boost;
  clause.any.emplace_back();
  clause.any.back().slots.push_back({.term = term, .offset = 0, .begin = 0, .end = 0});
  return clause;
}

void AddTerms(const Index& index, const EntryText& text, Query& query) {
  std::map<std::string, float, std::less<>> weights;
  for (const auto& [field, weight] : kFieldsOfTopic) {
    for (const std::string_view value : text.of(field)) {
      EachTerm(value, [&, weight = weight](std::string_view term, uint32_t) {
        if (!IsStopWord(term)) weights.try_emplace(std::string(term)).first->second += weight;
      });
    }
  }
  std::vector<std::pair<float, std::string>> terms;
  for (const auto& [term, weight] : weights) {
    const size_t papers = PapersWith(index, term);
    if (papers < 2 || (papers > kFew && papers * kCommonShare > index.size())) continue;
    terms.emplace_back(weight / (weight + kSaturation) * RarityOf(papers, index.size()), term);
  }
  std::sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  if (terms.size() > kMostTerms) terms.resize(kMostTerms);
  for (const auto& [worth, term] : terms) {
    const float weight = weights.find(term)->second;
    query.all.push_back(OneTerm(term, weight / (weight + kSaturation), false));
  }
}

}  // namespace

std::vector<Hit> FindRelated(const Index& index, Index::Place place, const Options& options) {
  const Segment& segment = *index.parts()[place.part].segment;
  const EntryPtr& entry = segment.entry(place.doc);
  const EntryText text(*entry);
  Query query;
  AddTerms(index, text, query);
  for (const std::string_view keyword : text.of(Field::kKeywords)) {
    Clause clause = ClauseOf(keyword);
    if (clause.any.empty() || clause.any.front().slots.size() < 2) continue;
    clause.boost = kKeywordBoost;
    query.all.push_back(std::move(clause));
  }
  for (const std::string_view tag : entry->values(Facet::kTag)) {
    query.all.push_back(OneTerm(TagTerm(tag), kTagBoost, true));
  }
  query.none.push_back(OneTerm(IdTerm(segment.id(place.doc)), 0, true));
  Options related = options;
  related.any = true;
  related.after.reset();
  return Search(index, query, related).hits;
}

}  // namespace paperwire::serve::search
