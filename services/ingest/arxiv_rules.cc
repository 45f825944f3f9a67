#include "services/ingest/arxiv_rules.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "services/ingest/reading.h"

namespace paperwire::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<milliseconds, 4> kRests = {minutes(1), minutes(5), minutes(15), minutes(60)};
constexpr std::array<milliseconds, 2> kPauses = {seconds(10), seconds(40)};
constexpr double kRestSpread = 0.25;
constexpr double kPauseSpread = 0.5;
// Where a document's end is looked for: comments may follow it.
constexpr size_t kTail = 4096;

milliseconds Stretch(milliseconds duration, double share) {
  return milliseconds(static_cast<int64_t>(static_cast<double>(duration.count()) * (1.0 + share)));
}

template <size_t kSize>
milliseconds Step(const std::array<milliseconds, kSize>& steps, int count) {
  return steps[static_cast<size_t>(std::clamp(count, 1, static_cast<int>(kSize)) - 1)];
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool SaysRateExceeded(std::string_view body) {
  constexpr std::string_view kWords = "rate exceeded";
  return std::equal(
      kWords.begin(), kWords.end(), body.begin(),
      body.begin() + static_cast<std::ptrdiff_t>(std::min(kWords.size(), body.size())),
      [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

// The page for robots, whatever its status.
bool SaysAccessDenied(std::string_view body) {
  std::string head(body.substr(0, 2048));
  std::transform(head.begin(), head.end(), head.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  const bool page = head.starts_with("<!doctype html") || head.starts_with("<html");
  return page && head.find("<title>access denied") != std::string::npos;
}

// Whether an XML document lacks the end of its root. A page for people is not looked into.
bool IsCutOff(std::string_view body) {
  if (!body.starts_with('<')) return false;
  size_t root = 0;
  while (body.substr(root).starts_with("<?") || body.substr(root).starts_with("<!--")) {
    const std::string_view closing = body[root + 1] == '?' ? "?>" : "-->";
    const size_t end = body.find(closing, root);
    if (end == std::string_view::npos) return true;
    root = body.find('<', end);
    if (root == std::string_view::npos) return true;
  }
  const std::string_view tag = body.substr(root + 1);
  const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/>"));
  if (name.empty() || name.starts_with('!') || name == "html" || name == "HTML") return false;
  if (tag.substr(0, tag.find('>') + 1).ends_with("/>")) return false;
  const std::string_view tail = tag.substr(tag.size() - std::min(tag.size(), kTail));
  return tail.rfind("</" + std::string(name)) == std::string_view::npos || !body.ends_with('>');
}

}  // namespace

Verdict Judge(int status, std::string_view body) {
  const std::string_view text = Trim(body);
  const std::string told = "status " + std::to_string(status);
  if (SaysRateExceeded(text)) {
    return {Outcome::kRateLimited, told + ": " + std::string(text.substr(0, 100))};
  }
  if (SaysAccessDenied(text)) return {Outcome::kForbidden, "arXiv refuses: " + told};
  if (status == 403) return {Outcome::kForbidden, "arXiv refuses: " + told};
  if (status == 429 || status == 503 || status == 406) return {Outcome::kRateLimited, told};
  if (status == 200) {
    if (text.empty()) return {Outcome::kNoBody, "nothing in it"};
    if (IsCutOff(text)) {
      return {Outcome::kTruncated,
              "ends at byte " + std::to_string(body.size()) + " inside the document"};
    }
    return {};
  }
  if (status >= 400 && status < 500 && text.starts_with('<')) {
    const Reading reading = Read(text);
    if (reading.outcome == Outcome::kErrorFeed) {
      return {Outcome::kErrorFeed, told + ": " + reading.detail};
    }
  }
  const bool redirect = status >= 300 && status < 400 && status != 304;
  return {redirect ? Outcome::kRedirect : Outcome::kHttpError,
          text.empty() ? told + " with an empty body" : told};
}

Bearing BearingOf(Outcome outcome, int status) {
  switch (outcome) {
    case Outcome::kForbidden:
      return Bearing::kRefuses;
    case Outcome::kRateLimited:
      return Bearing::kLimits;
    case Outcome::kNoBody:
    case Outcome::kTruncated:
    case Outcome::kUnreachable:
    case Outcome::kTimeout:
      return Bearing::kFails;
    default:
      return status >= 500 ? Bearing::kFails : Bearing::kAnswers;
  }
}

HostState AfterLimit(HostState state, milliseconds retry_after, double chance) {
  ++state.limited;
  const bool told = retry_after.count() > 0 && state.limited < kMostLimited;
  state.rests =
      told ? retry_after
           : std::max(retry_after, Stretch(Step(kRests, state.limited), kRestSpread * chance));
  state.reason = Slug(Outcome::kRateLimited);
  return state;
}

HostState AfterFailure(HostState state, Outcome outcome, double chance) {
  ++state.failed;
  state.rests = Stretch(Step(kRests, state.failed), kRestSpread * chance);
  state.reason = Slug(outcome);
  return state;
}

int AttemptsFor(const HostState& state) {
  return state.failed == 0 ? static_cast<int>(kPauses.size()) + 1 : 1;
}

milliseconds PauseAfter(int attempt, double chance) {
  return Stretch(Step(kPauses, attempt), kPauseSpread * chance);
}

}  // namespace paperwire::ingest
