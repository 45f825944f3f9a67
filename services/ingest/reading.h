#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "paperwire/v1/paper.pb.h"
#include "services/ingest/outcome.h"
#include "services/ingest/paper_list.h"

namespace paperwire::ingest {

// One version of a paper, as OAI-PMH's arXivRaw lists it.
struct Version {
  uint32_t number = 0;
  std::optional<absl::Time> submitted;
  // This version withdraws the paper (source type "I" or size "0kb").
  bool withdrawn = false;
};

// One record of an OAI-PMH answer: what its header says, and what only arXivRaw knows. It says
// nothing about announcement: the datestamp is the UTC date of the last change, of any kind.
struct Record {
  static constexpr size_t kNoPaper = static_cast<size_t>(-1);

  // Without version.
  std::string id;
  std::optional<absl::CivilDay> datestamp;
  // As categories ("cs.LG" of the set "cs:cs:LG"), cross-lists included.
  std::vector<std::string> sets;
  bool deleted = false;
  // The newest version withdraws the paper, or its comment or abstract says so.
  bool withdrawn = false;
  // Ascending, each number once; empty unless the metadata are arXivRaw.
  std::vector<Version> versions;
  // Its place in Reading::papers; kNoPaper for a deleted record.
  size_t paper = kNoPaper;

  // When version 1 was submitted. Only arXivRaw tells for certain.
  std::optional<absl::Time> FirstSubmitted() const;
};

// What an OAI-PMH answer says about itself.
struct OaiAnswer {
  std::optional<absl::Time> response_date;
  // "noRecordsMatch", "badResumptionToken", …; empty when there is no error.
  std::string error_code;
  // What to ask the rest with, as it stands in the answer: to be percent-encoded once more, never
  // decoded. Empty on the last page.
  std::string resumption_token;
  std::optional<absl::Time> token_expires;
};

// One section of a listing page (/list/CATEGORY/new, /catchup/CATEGORY/DATE).
struct Section {
  // NEW, CROSS or REPLACE, which here includes what RSS calls replace-cross.
  v1::AnnounceType type = v1::ANNOUNCE_TYPE_UNSPECIFIED;
  // How many papers arXiv declares for the day in this section, over all pages …
  int total = 0;
  // … and on this page; `listed` is how many stand there.
  int shown = 0;
  int listed = 0;
};

// What a listing page says about itself. The day is Reading::announced, the category
// Reading::category.
struct ListingPage {
  // Sections with entries on this page, in its order. A section that is not there has no entry on
  // this page; on a day's only page, none at all.
  std::vector<Section> sections;
  // "Total of 164 entries": of the day, over all sections and pages; nothing where it is not told.
  std::optional<int> total;
  // Whether the day goes on after this page: ask for the next one.
  bool more = false;
};

// An entry that was not used, and why: "no identifier", "dated 1970-01-01", …
struct PassedOver {
  // Empty when it has none.
  std::string id;
  std::string reason;
};

// What one answer of arXiv, or one file, says.
struct Reading {
  Outcome outcome = Outcome::kOk;
  // For people: what is wrong, and where.
  std::string detail;
  // "rss", "atom", "oai", "query", "listing", "jsonl"; empty when it was not recognized.
  std::string format;
  // The category that an announcement feed or a listing is of; empty elsewhere.
  std::string category;
  // The announcement date of the feed or listing as a whole.
  std::optional<absl::CivilDay> announced;
  // Fit to publish but for `announced`, which may be empty where the source does not say. Those of
  // a listing have the lowest version that they can have where the page does not tell it: 2 for a
  // replacement, else 1; and of the dates only `announced`.
  PaperList papers;
  // Entries left out because the same version of the same paper stood there before, announced as
  // the same.
  int repeated = 0;
  // Entries that were passed over, and the first of them with reasons.
  int passed_over = 0;
  std::vector<PassedOver> reasons;
  // OAI-PMH only: every record read, deleted ones too.
  std::vector<Record> records;
  OaiAnswer oai;
  // Listings only.
  ListingPage listing;

  // Notes an entry that is not used.
  void PassOver(std::string id, std::string reason);
  // "2 passed over, first 2606.90008: no title"; empty when none was.
  std::string WhatWasPassedOver() const;
};

// Limits of what is read.
inline constexpr size_t kMaxBytes = 32u << 20;
inline constexpr size_t kMaxEntries = 10000;
inline constexpr size_t kMaxLines = 100'000;
inline constexpr int kMaxDepth = 32;
inline constexpr size_t kMaxReasons = 50;
// Dates and identifiers outside of these are absurd, and their entries passed over. Some papers of
// other archives were taken over with dates before arXiv's first day.
inline constexpr absl::CivilDay kEarliest(1986, 1, 1);
inline constexpr absl::CivilDay kLatest(2079, 12, 31);

// Reads any recorded answer of arXiv (RSS and Atom announcements, OAI-PMH, query API, listing
// pages) or a file of papers as JSON lines. The content decides, not the name. Never fails: the
// outcome says how it went. There are papers with kOk and kIncomplete only: what can be trusted of
// an answer is used, and nothing of one that was cut off. Bytes that are no UTF-8 become U+FFFD;
// where they are more than one in a thousand, or the answer is in UTF-16, it is kWrongCharset.
// Nothing later than `latest` is believed: pass a day or two after today. Pure.
Reading Read(std::string_view bytes, absl::CivilDay latest = kLatest);

// As Read, with papers of no known date given one: first what the source says, then the
// announcement that follows the submission of version 1, then a date in the file's name
// ("2026-06-23.jsonl"). kNoDate when that leaves papers without one.
Reading ReadDated(std::string_view file_name, std::string_view bytes,
                  absl::CivilDay latest = kLatest);

}  // namespace paperwire::ingest
