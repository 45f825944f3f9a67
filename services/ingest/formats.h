#pragma once

#include <string_view>

#include "pugixml.hpp"
#include "services/ingest/reading.h"

namespace paperwire::ingest {

// One function a format: from a document (its root, where it is XML) to what it says. Pure. Each
// sets `outcome`.

// RSS 2.0 of rss.arxiv.org.
Reading ReadRss(pugi::xml_node rss);
// Atom 1.0 of rss.arxiv.org.
Reading ReadAtom(pugi::xml_node feed);
// Atom of the query API, as it is since November 2025 and as it was before.
Reading ReadQuery(pugi::xml_node feed);
// Whether an Atom feed is an announcement feed (else it is a query's answer).
bool IsAnnouncement(pugi::xml_node feed);
// OAI-PMH with metadata as arXivRaw, arXiv or oai_dc; a single <record> too.
Reading ReadOai(pugi::xml_node root);
// A listing page of arxiv.org: /list/CATEGORY/new or /catchup/CATEGORY/DATE?abs=True&page=N, as
// HTML. kHtml when it is another page; kMissing or kIncomplete when it lists less than it declares.
Reading ReadListing(std::string_view html);
// Papers as JSON, one a line: id, title, abstract or summary, authors, categories; optional
// version, announced (or first_seen), published, comment, journal_ref. The first bad line is the
// outcome.
Reading ReadJsonLines(std::string_view bytes);

}  // namespace paperwire::ingest
