#include "tests/support/llm/misbehaviour.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "fmt/format.h"

namespace paperwire::stand_in {
namespace {

constexpr auto kNames = std::to_array<std::pair<Fault, std::string_view>>({
    {Fault::kRateLimited, "rate-limited"},
    {Fault::kQuotaExhausted, "quota-exhausted"},
    {Fault::kServerError, "server-error"},
    {Fault::kOverloaded, "overloaded"},
    {Fault::kRequestTimeout, "request-timeout"},
    {Fault::kUnauthorized, "unauthorized"},
    {Fault::kForbidden, "forbidden"},
    {Fault::kNoSuchModel, "no-such-model"},
    {Fault::kBadRequest, "bad-request"},
    {Fault::kJsonSchemaRefused, "json-schema-refused"},
    {Fault::kMaxTokensRefused, "max-tokens-refused"},
    {Fault::kEchoedSecrets, "echoed-secrets"},
    {Fault::kRedirect, "redirect"},
    {Fault::kHtml, "html"},
    {Fault::kWrongJson, "wrong-json"},
    {Fault::kDeepJson, "deep-json"},
    {Fault::kTruncatedJson, "truncated-json"},
    {Fault::kCut, "cut"},
    {Fault::kReset, "reset"},
    {Fault::kHang, "hang"},
    {Fault::kHangAfterHeaders, "hang-after-headers"},
    {Fault::kDrip, "drip"},
    {Fault::kHuge, "huge"},
    {Fault::kGzipBomb, "gzip-bomb"},
    {Fault::kEndlessWhitespace, "endless-whitespace"},
    {Fault::kLength, "length"},
    {Fault::kContentFilter, "content-filter"},
    {Fault::kRefusal, "refusal"},
    {Fault::kRefusalProse, "refusal-prose"},
    {Fault::kEmpty, "empty"},
    {Fault::kNoContent, "no-content"},
    {Fault::kWhitespace, "whitespace"},
    {Fault::kThink, "think"},
    {Fault::kThinkOnly, "think-only"},
    {Fault::kFences, "fences"},
    {Fault::kProse, "prose"},
    {Fault::kChatter, "chatter"},
    {Fault::kMissingField, "missing-field"},
    {Fault::kExtraField, "extra-field"},
    {Fault::kWrongType, "wrong-type"},
    {Fault::kTooLong, "too-long"},
    {Fault::kTooMany, "too-many"},
    {Fault::kEchoedPrompt, "echoed-prompt"},
    {Fault::kInventedNumbers, "invented-numbers"},
    {Fault::kOnlyInventions, "only-inventions"},
    {Fault::kInjectedText, "injected-text"},
    {Fault::kInjectedMarkup, "injected-markup"},
    {Fault::kForeign, "foreign"},
    {Fault::kRubbish, "rubbish"},
    {Fault::kBadUtf8, "bad-utf8"},
});

}  // namespace

std::string_view Name(Fault fault) {
  for (const auto& [known, name] : kNames) {
    if (known == fault) return name;
  }
  return "unknown";
}

std::optional<Fault> ParseFault(std::string_view name) {
  for (const auto& [fault, known] : kNames) {
    if (known == name) return fault;
  }
  return std::nullopt;
}

std::vector<Fault> AllFaults() {
  std::vector<Fault> all;
  for (const auto& [fault, name] : kNames) all.push_back(fault);
  return all;
}

absl::StatusOr<Misbehaviour> ParseMisbehaviour(std::string_view text) {
  Misbehaviour misbehaviour;
  try {
    nlohmann::json object = nlohmann::json::parse(text);
    if (object.is_string()) object = {{"fault", object}, {"always", true}};
    const auto name = object.at("fault").get<std::string>();
    const std::optional<Fault> fault = ParseFault(name);
    if (!fault) return absl::InvalidArgumentError(fmt::format("unknown fault \"{}\"", name));
    misbehaviour.fault = *fault;
    misbehaviour.title = object.value("title", "");
    misbehaviour.skip = object.value("skip", 0);
    misbehaviour.times = object.value("always", false) ? kAlways : object.value("times", 1);
    misbehaviour.status = object.value("status", 0);
    if (object.contains("retry_after")) misbehaviour.retry_after = object["retry_after"];
    if (object.contains("retry_after_ms")) misbehaviour.retry_after_ms = object["retry_after_ms"];
    if (object.contains("should_retry")) misbehaviour.should_retry = object["should_retry"];
    misbehaviour.delay = std::chrono::milliseconds(object.value("delay_ms", 0));
    misbehaviour.pause = std::chrono::milliseconds(object.value("pause_ms", 50));
    misbehaviour.bytes = object.value("bytes", misbehaviour.bytes);
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return misbehaviour;
}

double Chance(uint64_t seed, std::string_view words, int number) {
  // FNV-1a, and then a finish that spreads what differs at the end only.
  uint64_t hash = 14695981039346656037u ^ seed * 0x9e3779b97f4a7c15u;
  for (const char letter : words) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u;
  }
  hash = (hash ^ static_cast<uint64_t>(number)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ hash >> 31) * 0x94d049bb133111ebu;
  hash ^= hash >> 29;
  return static_cast<double>(hash >> 11) / static_cast<double>(1ull << 53);
}

void Mischief::Clear() {
  waiting_.clear();
  outage_.reset();
}

std::optional<Misbehaviour> Mischief::Take(const Manner& manner, std::string_view title, int nth) {
  if (outage_) return outage_;
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    if (title.find(at->title) == std::string_view::npos) continue;
    if (at->skip > 0) {
      --at->skip;
      continue;
    }
    const Misbehaviour taken = *at;
    if (at->times != kAlways && --at->times <= 0) waiting_.erase(at);
    return taken;
  }
  double chance = Chance(manner.seed, title, nth);
  for (const auto& [fault, share] : manner.shares) {
    if (chance < share) return Misbehaviour{.fault = fault};
    chance -= share;
  }
  return std::nullopt;
}

}  // namespace paperwire::stand_in
