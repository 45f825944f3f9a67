#pragma once

#include <string>
#include <utility>
#include <vector>

#include "services/serve/search/index.h"
#include "services/serve/search/search.h"

namespace paperwire::serve::search {

// An invented card, with what a test cares for.
struct Card {
  std::string id;
  std::string title = "On nothing";
  std::string abstract = {};
  std::vector<std::string> authors = {"Ada Quill"};
  std::string announced = "2026-06-23";
  std::vector<std::string> tags = {"theory"};
  std::vector<std::string> categories = {"cs.LG"};
  std::vector<std::string> keywords = {};
  std::string tldr = {};
  std::vector<std::string> highlights = {};
  std::string summary = {};
};

inline v1::Entry MessageOf(const Card& card) {
  v1::Entry entry;
  v1::Paper& paper = *entry.mutable_paper();
  paper.set_arxiv_id(card.id);
  paper.set_version(1);
  paper.set_title(card.title);
  paper.set_abstract(card.abstract);
  for (const std::string& name : card.authors) paper.add_authors()->set_name(name);
  for (const std::string& category : card.categories) paper.add_categories(category);
  paper.set_announced(card.announced);
  v1::Summary& summary = *entry.mutable_summary();
  summary.set_tldr(card.tldr);
  for (const std::string& line : card.highlights) summary.add_highlights(line);
  summary.set_summary(card.summary);
  for (const std::string& keyword : card.keywords) summary.add_keywords(keyword);
  summary.mutable_provenance()->set_model("roles-1");
  for (const std::string& slug : card.tags) entry.add_tags()->set_slug(slug);
  return entry;
}

inline IndexPtr Put(const IndexPtr& index, const std::vector<v1::Entry>& entries,
                    const std::vector<std::string>& removed = {}) {
  std::vector<EntryPtr> changed;
  for (const v1::Entry& entry : entries) changed.push_back(ServedEntry::Make(entry));
  return index->After(changed, removed);
}

inline IndexPtr IndexOf(const std::vector<Card>& cards) {
  std::vector<v1::Entry> entries;
  for (const Card& card : cards) entries.push_back(MessageOf(card));
  return Put(Index::Empty(), entries);
}

// Takes a slug as it is; "nonsense" is not known.
inline absl::StatusOr<std::string> ReadSlug(std::string_view words) {
  if (words == "nonsense") {
    return absl::InvalidArgumentError("unknown tag 'nonsense' (ListTags names them)");
  }
  return std::string(words);
}

inline std::string IdOf(const Index& index, const Hit& hit) {
  return std::string(index.parts()[hit.place.part].segment->id(hit.place.doc));
}

inline std::vector<std::string> IdsOf(const Index& index, const Results& results) {
  std::vector<std::string> ids;
  for (const Hit& hit : results.hits) ids.push_back(IdOf(index, hit));
  return ids;
}

// The ids that the query finds, best first; the refusal's text as the only one.
inline std::vector<std::string> Find(const IndexPtr& index, const std::string& text,
                                     const Options& options = {}) {
  const absl::StatusOr<Query> query = ParseQuery(text, ReadSlug);
  if (!query.ok()) return {std::string(query.status().message())};
  return IdsOf(*index, Search(*index, *query, options));
}

}  // namespace paperwire::serve::search
