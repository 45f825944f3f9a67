#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"
#include "services/serve/snapshot.h"

namespace ctemplate {
class TemplateCache;
class TemplateDictionary;
}  // namespace ctemplate

namespace paperwire::serve {

// What every page is made from: one snapshot, one status, one day.
struct PageFacts {
  const Snapshot& snapshot;
  const v1::GetStatusResponse& status;
  // First announcement date of the window.
  std::string oldest;
};

// A list of cards, as a reader asks for it.
struct ListQuery {
  // Empty: all days of the window.
  std::string date;
  // Slug of a tag as entries carry it; empty: all tags.
  std::string tag;
  // Primary arXiv category, and a keyword of the card; empty: any.
  std::string category;
  std::string keyword;
  // From 1.
  uint32_t page = 1;
  // The front page: the newest day under the project's headline.
  bool home = false;
};

// Makes HTML out of the templates that are compiled in. Everything variable is escaped for where it
// stands. Thread-safe.
class Pages {
 public:
  // `catalogue` must outlive it.
  explicit Pages(const tags::TagCatalogue& catalogue);
  ~Pages();

  std::string List(const PageFacts& facts, const ListQuery& query) const;
  std::string Paper(const PageFacts& facts, const v1::Entry& entry) const;
  std::string Status(const PageFacts& facts) const;
  // `status` may be null: nothing is known yet.
  std::string About(const v1::GetStatusResponse* status) const;
  std::string Message(int code, const std::string& heading, const std::string& text) const;

  // Changes whenever the style sheet does.
  const std::string& style_hash() const { return style_hash_; }

 private:
  struct Frame;
  std::string Expand(ctemplate::TemplateDictionary& page) const;
  ctemplate::TemplateDictionary* Fill(ctemplate::TemplateDictionary& page,
                                      const Frame& frame) const;

  void AddTags(const PageFacts& facts, const ListQuery& query,
               ctemplate::TemplateDictionary& body) const;
  std::string NameOf(const PageFacts& facts, std::string_view tag) const;
  void Introduce(const PageFacts& facts, std::string_view tag,
                 ctemplate::TemplateDictionary& body) const;

  const tags::TagCatalogue& catalogue_;
  std::unique_ptr<ctemplate::TemplateCache> templates_;
  std::string style_hash_;
};

// Whether every card of the days and the tag is asked for.
inline bool IsWhole(const ListQuery& query) {
  return query.category.empty() && query.keyword.empty();
}

// The address of a list.
std::string UrlOf(const ListQuery& query, uint32_t page);

// The cards of a list, all pages of it.
std::vector<EntryPtr> Select(const PageFacts& facts, const ListQuery& query);

inline constexpr size_t kCardsOnAPage = 100;

}  // namespace paperwire::serve
