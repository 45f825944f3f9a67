#pragma once

#include <string_view>

namespace paperwire::ingest {

// How one request or one file ended. Each is its own: an answer that could not be read is never
// mistaken for a day without papers.
enum class Outcome {
  kOk,            // papers were read
  kEmpty,         // well-formed, and lists no paper: a weekend, a holiday, a batch not out yet
  kUnchanged,     // the same as at the last time that was kept (status 304)
  kOaiNoRecords,  // OAI-PMH's noRecordsMatch
  kNoPapers,      // a good answer of a kind that holds no papers (Identify, ListIdentifiers)
  kSkipped,       // a file that is not a recorded answer
  kNoBody,        // nothing at all
  kRedirect,      // sent elsewhere, with nowhere to follow to
  kRateLimited,   // "Rate exceeded." with any status, or status 429, 503 or 406
  kHtml,          // a page for people that is no listing
  kTruncated,     // the document ends too early; nothing of it is used
  kNotXml,        // not well-formed, or not XML at all
  kWrongCharset,  // not in UTF-8
  kDoctype,       // has a document type declaration, which no arXiv answer has
  kTooLarge,      // over a cap: bytes, entries or depth
  kErrorFeed,     // an error told as a feed
  kOaiBadToken,   // OAI-PMH's badResumptionToken: the harvest must begin anew
  kOaiError,      // another OAI-PMH error code
  kStale,         // a feed that holds another day's papers than it says
  kIncomplete,    // papers were read, but some entries could not be
  kMissing,       // the answer says that there are papers and holds none
  kUnknown,       // well-formed, but no format that we know
  kBadLine,       // a line of a JSON lines file that is not a paper
  kNoDate,        // papers without any announcement date
  kForbidden,     // status 403, or "Access Denied": arXiv wants us to stop
  kHttpError,     // another status than 200
  kUnreachable,   // no connection, or it broke
  kTimeout,       // no answer in time
  kNotAsked,      // given up before it was asked, because of an earlier answer
};

// "ok", "empty", "truncated", …: what v1::SourceOutcome and the metrics call it.
std::string_view Slug(Outcome outcome);

// Whether the source told us what it was asked for, be it nothing.
bool IsGood(Outcome outcome);

}  // namespace paperwire::ingest
