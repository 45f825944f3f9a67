#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/paper/arxiv_id.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::ingest {

// What the formats have in common, as read and before any clean-up.
struct RawPaper {
  paper::ArxivId id = {};  // version 0: not told, taken as 1
  std::string_view title = {};
  std::string_view abstract = {};
  // One line ("A. Name (Place), B. Name"), or one entry an author.
  std::string_view author_line = {};
  std::vector<std::pair<std::string, std::vector<std::string>>> authors = {};
  // In the source's order, codes that are no category included.
  std::vector<std::string_view> categories = {};
  // Put first, when it is one of `categories` or alone.
  std::string_view primary = {};
  std::string_view comment = {};
  std::string_view journal_ref = {};
  std::vector<std::string_view> dois = {};
  std::string_view license = {};
  // The source itself says that the newest version withdraws the paper.
  bool withdrawn = false;
};

// Makes a paper out of it, in `out`, which must be empty: text clean, decoded and cut to bounded
// lengths, categories filtered, links made, code, venue and withdrawal read off the text.
// Everything but the dates, the announce type and the source.
void Finish(const RawPaper& raw, v1::Paper& out);

}  // namespace paperwire::ingest
