#include "services/ingest/outcome.h"

namespace paperwire::ingest {

std::string_view Slug(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kEmpty:
      return "empty";
    case Outcome::kUnchanged:
      return "unchanged";
    case Outcome::kOaiNoRecords:
      return "no-records-match";
    case Outcome::kNoPapers:
      return "no-papers-asked";
    case Outcome::kSkipped:
      return "skipped";
    case Outcome::kNoBody:
      return "no-body";
    case Outcome::kRedirect:
      return "redirect";
    case Outcome::kRateLimited:
      return "rate-limited";
    case Outcome::kHtml:
      return "html";
    case Outcome::kTruncated:
      return "truncated";
    case Outcome::kNotXml:
      return "not-xml";
    case Outcome::kWrongCharset:
      return "wrong-charset";
    case Outcome::kDoctype:
      return "doctype";
    case Outcome::kTooLarge:
      return "too-large";
    case Outcome::kErrorFeed:
      return "error-feed";
    case Outcome::kOaiBadToken:
      return "bad-resumption-token";
    case Outcome::kOaiError:
      return "oai-error";
    case Outcome::kStale:
      return "stale";
    case Outcome::kIncomplete:
      return "incomplete";
    case Outcome::kMissing:
      return "entries-missing";
    case Outcome::kUnknown:
      return "unknown-format";
    case Outcome::kBadLine:
      return "bad-line";
    case Outcome::kNoDate:
      return "no-date";
    case Outcome::kForbidden:
      return "forbidden";
    case Outcome::kHttpError:
      return "http-error";
    case Outcome::kUnreachable:
      return "unreachable";
    case Outcome::kTimeout:
      return "timeout";
    case Outcome::kNotAsked:
      return "not-asked";
  }
  return "unknown";
}

bool IsGood(Outcome outcome) {
  return outcome == Outcome::kOk || outcome == Outcome::kEmpty || outcome == Outcome::kUnchanged ||
         outcome == Outcome::kOaiNoRecords || outcome == Outcome::kNoPapers ||
         outcome == Outcome::kSkipped;
}

}  // namespace paperwire::ingest
