#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"

namespace paperwire::arxiv {

// What arXiv has been seen to do. The name in front is what the control endpoint calls it.
enum class Fault {
  kRateExceeded,     // "rate-exceeded": 429, body "Rate exceeded."
  kRateExceeded200,  // "rate-exceeded-200": the same body with status 200
  kEmptyBody,        // "empty-body": 200 and nothing
  kEmptyRedirect,    // "empty-redirect": 301 to the same address, no body
  kAccessDenied,     // "access-denied": 403, a page for people
  kNotAcceptable,    // "not-acceptable": 406
  kUnavailable,      // "unavailable": 503
  kServerError,      // "server-error": 500
  kNoResults,        // "no-results": query: totalResults 0; RSS and Atom: no items; OAI:
                     // noRecordsMatch; listings: no updates
  kEmptyPage,        // "empty-page": later pages hold no entries, the totals stay
  kStall,            // "stall": says nothing for `delay` (until the client leaves, if zero)
  kStale,            // "stale": RSS, Atom, list: the batch before, under today's date
  kDateBehind,       // "date-behind": RSS, Atom: today's batch under yesterday's date
  kRepeat,           // "repeat": RSS, Atom: on a day without a batch the last one again
  kTruncated,        // "truncated": a whole HTTP answer of half the document
  kCut,              // "cut": the connection closes in mid-body
  kReset,            // "reset": the connection is reset before any answer
  kTokenShift,       // "token-shift": OAI: `count` records of the first page are modified after
                     // it was sent, so that the next page begins as many too far
  kBadToken,         // "bad-token": OAI: badResumptionToken for every token
  kNoRecords,        // "no-records": OAI: noRecordsMatch; with the CDN's cache on it stays so for
                     // the same address until UTC midnight
  kOldFormat,        // "old-format": query: as until November 2025; OAI: created of version 1,
                     // cursor and completeListSize
  kHtml,             // "html": 200, a page for people
  kNotFound,         // "not-found": 404
  kDropNew,          // "drop-new": RSS, Atom: `count` new papers left out; the listing has them
  kHide,             // "hide": OAI: `count` newest records left out
};

std::string_view Name(Fault fault);
std::optional<Fault> ParseFault(std::string_view name);

inline constexpr int kAlways = -1;

struct Misbehaviour {
  Fault fault = Fault::kRateExceeded;
  // "rss", "atom", "oai", "catchup", "list", "query"; empty: any.
  std::string endpoint = {};
  // As the Host header says, without the port; empty: any.
  std::string host = {};
  // The path's or the set's category ("cs.LG"), or the query's text contains it; empty: any.
  std::string category = {};
  // Requests that match and are left alone first.
  int skip = 0;
  // Requests that get it; kAlways: all of them.
  int times = 1;
  // Header Retry-After: seconds or a date.
  std::optional<std::string> retry_after = {};
  // Real time before the answer.
  std::chrono::milliseconds delay{0};
  int count = 1;
};

// From {"fault": "stale", "endpoint": "rss", "category": "cs.LG", "times": 3, "always": true,
// "skip": 0, "retry_after": "120", "delay_ms": 0, "count": 1, "host": ""}. InvalidArgument.
absl::StatusOr<Misbehaviour> ParseMisbehaviour(std::string_view json);

// Which request gets which fault. Thread-safe.
class Mischief {
 public:
  void Add(Misbehaviour misbehaviour);
  void Clear();
  // The first that matches, counted as used. `categories`: what the request is about, as text.
  // `later_page`: kEmptyPage and kBadToken wait for one, kTokenShift for a first one.
  std::optional<Misbehaviour> Take(std::string_view endpoint, std::string_view host,
                                   std::string_view categories, bool later_page);
  // How many requests got `fault` since the start.
  int Taken(Fault fault) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Misbehaviour> waiting_ ABSL_GUARDED_BY(mutex_);
  std::map<Fault, int> taken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::arxiv
