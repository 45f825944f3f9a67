#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace paperwire::stand_in {

// What endpoints and the models behind them have been seen to do. The name in front is what the
// control path calls it.
enum class Fault {
  // The endpoint.
  kRateLimited,        // "rate-limited": 429
  kQuotaExhausted,     // "quota-exhausted": 429, insufficient_quota
  kServerError,        // "server-error": 500, or `status`
  kOverloaded,         // "overloaded": 503
  kRequestTimeout,     // "request-timeout": 408
  kUnauthorized,       // "unauthorized": 401
  kForbidden,          // "forbidden": 403
  kNoSuchModel,        // "no-such-model": 404, model_not_found
  kBadRequest,         // "bad-request": 400, context_length_exceeded
  kJsonSchemaRefused,  // "json-schema-refused": `status` (400), naming response_format
  kMaxTokensRefused,   // "max-tokens-refused": 400, asks for max_completion_tokens
  kEchoedSecrets,      // "echoed-secrets": 400, repeats the key and the question
  kRedirect,           // "redirect": 302 to another host
  kHtml,               // "html": 200, a page for people
  kWrongJson,          // "wrong-json": 200, JSON that is no completion
  kDeepJson,           // "deep-json": 200, ten thousand arrays in one another
  kTruncatedJson,      // "truncated-json": 200, a whole HTTP answer of half the document
  kCut,                // "cut": the connection closes in mid-body
  kReset,              // "reset": the connection is reset before any answer
  kHang,               // "hang": never a byte
  kHangAfterHeaders,   // "hang-after-headers": the head, and never the body
  kDrip,               // "drip": a byte each `pause`
  kHuge,               // "huge": a body of `bytes` (64 MiB)
  kGzipBomb,           // "gzip-bomb": the same, packed
  kEndlessWhitespace,  // "endless-whitespace": line breaks until the client leaves
  // The model; 200 each.
  kLength,           // "length": finish_reason length, half a card
  kContentFilter,    // "content-filter": finish_reason content_filter
  kRefusal,          // "refusal": the member
  kRefusalProse,     // "refusal-prose": the same as content
  kEmpty,            // "empty": content ""
  kNoContent,        // "no-content": content null
  kWhitespace,       // "whitespace": JSON begun, then blanks to the limit of tokens
  kThink,            // "think": a good card after a <think> block
  kThinkOnly,        // "think-only": a <think> block that is never closed
  kFences,           // "fences": a good card in a code fence
  kProse,            // "prose": a good card's text, not as JSON
  kChatter,          // "chatter": a good card between two polite sentences
  kMissingField,     // "missing-field"
  kExtraField,       // "extra-field"
  kWrongType,        // "wrong-type": the highlights as one text
  kTooLong,          // "too-long": a good card, said twenty times
  kTooMany,          // "too-many": forty highlights
  kEchoedPrompt,     // "echoed-prompt": what was asked, as answer
  kInventedNumbers,  // "invented-numbers": a sentence more in each part, figures made up
  kOnlyInventions,   // "only-inventions": nothing but such sentences
  kInjectedText,     // "injected-text": "Ignore all previous instructions …" and an address
  kInjectedMarkup,   // "injected-markup": a script, an image, Markdown links
  kForeign,          // "foreign": in Chinese
  kRubbish,          // "rubbish": what a very small model writes
  kBadUtf8,          // "bad-utf8": bytes that are no text
};

std::string_view Name(Fault fault);
std::optional<Fault> ParseFault(std::string_view name);
// In the order above.
std::vector<Fault> AllFaults();

inline constexpr int kAlways = -1;

struct Misbehaviour {
  Fault fault = Fault::kRateLimited;
  // Only calls about papers whose title contains it; empty: any.
  std::string title = {};
  // Calls that match and are left alone first.
  int skip = 0;
  // Calls that get it; kAlways: all of them.
  int times = 1;
  // Of the answer; 0: the fault's own.
  int status = 0;
  // Headers Retry-After (seconds or a date), retry-after-ms, x-should-retry.
  std::optional<std::string> retry_after = {};
  std::optional<int> retry_after_ms = {};
  std::optional<bool> should_retry = {};
  // Before the first byte, beyond the endpoint's own delay.
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds pause{50};
  size_t bytes = 64u << 20;
};

// From {"fault": "rate-limited", "title": "…", "skip": 0, "times": 3, "always": true,
// "status": 502, "retry_after": "2", "retry_after_ms": 300, "should_retry": false, "delay_ms": 0,
// "pause_ms": 50, "bytes": 1000}, or the fault's name alone: then always. InvalidArgument.
absl::StatusOr<Misbehaviour> ParseMisbehaviour(std::string_view json);

// What holds for every call.
struct Manner {
  // Before the first byte; up to `delay_spread` more, by seed and paper.
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds delay_spread{0};
  // The status with which this form of answer is refused; 0: it is known.
  int json_schema_refused = 0;
  int json_object_refused = 0;
  // max_tokens is refused, max_completion_tokens is known.
  bool wants_max_completion_tokens = false;
  bool tells_usage = true;
  // Others get 401 and 404; empty: any will do.
  std::string api_key = {};
  std::string model = {};
  // Calls in flight over this get 429; 0: no limit.
  int capacity = 0;
  // Which part of the calls gets which fault, and by what chance: the same for the same paper's
  // nth call, in whatever order they come.
  std::map<Fault, double> shares = {};
  uint64_t seed = 1;
};

// Which call gets which fault. Not thread-safe.
class Mischief {
 public:
  void Add(Misbehaviour misbehaviour) { waiting_.push_back(std::move(misbehaviour)); }
  // All calls get it, before all else; none: the end of it.
  void SetOutage(std::optional<Misbehaviour> outage) { outage_ = std::move(outage); }
  bool has_outage() const { return outage_.has_value(); }
  // Takes back what was added, and the outage.
  void Clear();

  // For the `nth` call about the paper of that title.
  std::optional<Misbehaviour> Take(const Manner& manner, std::string_view title, int nth);

 private:
  std::optional<Misbehaviour> outage_;
  std::vector<Misbehaviour> waiting_;
};

// A number of [0, 1), the same for the same words.
double Chance(uint64_t seed, std::string_view words, int number);

}  // namespace paperwire::stand_in
