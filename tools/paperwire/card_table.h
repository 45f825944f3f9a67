#pragma once

#include "paperwire/v1/feed_service.pb.h"
#include "tools/paperwire/table.h"

namespace paperwire::cli {

// Date, id, tags and title of each card.
Table MakeCardTable();
void AddCard(Table& table, const v1::Entry& entry);

// The same with the score of each hit before it, and on a terminal its snippets below, the matches
// in them marked.
Table MakeHitTable();
void AddHit(Table& table, const v1::SearchResult& result, const Console& console);

// One snippet broken into lines, each beginning with `indent`, its matches in Style::kMatch. Ranges
// that are not in the text are left out. Pure.
std::string SnippetText(const v1::Snippet& snippet, std::string_view indent,
                        const Console& console);

}  // namespace paperwire::cli
