#include "libs/llm/caller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "libs/llm/either_stop.h"
#include "libs/llm/random_name.h"
#include "libs/llm/spend.h"
#include "libs/telemetry/log.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;

constexpr int kMostAttempts = 3;
constexpr milliseconds kPatience{10'000};
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{8'000};
// After that long it is worth another try, whatever stood in the way.
constexpr milliseconds kStoreAwayFor{5'000};
constexpr milliseconds kBudgetGoneFor{60'000};

std::vector<std::string> RefusalNames() {
  std::vector<std::string> names;
  for (const Refusal refusal : {Refusal::kBreakerOpen, Refusal::kBudgetSoft, Refusal::kBudgetHard,
                                Refusal::kStoreAway, Refusal::kBlocked, Refusal::kStopped}) {
    names.emplace_back(RefusalName(refusal));
  }
  return names;
}

Feedback FeedbackOf(const ChatAnswer& answer) {
  Feedback feedback{.latency = answer.latency, .retry_after = answer.retry_after};
  switch (answer.outcome) {
    case CallOutcome::kAnswered:
      feedback.retry_after.reset();
      [[fallthrough]];
    case CallOutcome::kTruncated:
      feedback.kind = Feedback::Kind::kGood;
      break;
    case CallOutcome::kRateLimited:
    case CallOutcome::kServerError:
    case CallOutcome::kTimeout:
      feedback.kind = Feedback::Kind::kBad;
      break;
    default:
      break;
  }
  return feedback;
}

bool IsWorthAnotherTry(const ChatAnswer& answer) {
  switch (answer.outcome) {
    case CallOutcome::kRateLimited:
    case CallOutcome::kServerError:
    case CallOutcome::kTimeout:
    case CallOutcome::kUnreachable:
      return answer.should_retry.value_or(true);
    case CallOutcome::kBadRequest:
      return answer.should_retry.value_or(false);
    default:
      return false;
  }
}

bool HasAnswered(CallOutcome outcome) {
  return outcome == CallOutcome::kAnswered || outcome == CallOutcome::kTruncated ||
         outcome == CallOutcome::kRefused;
}

std::string Seconds(milliseconds duration) {
  return fmt::format("{} s", (duration.count() + 999) / 1000);
}

}  // namespace

std::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "none";
    case Refusal::kBreakerOpen:
      return "breaker-open";
    case Refusal::kBudgetSoft:
      return "budget-soft";
    case Refusal::kBudgetHard:
      return "budget-hard";
    case Refusal::kStoreAway:
      return "store-away";
    case Refusal::kBlocked:
      return "blocked";
    case Refusal::kStopped:
      return "stopped";
  }
  return "none";
}

struct Caller::Attempt {
  std::string id;
  Purpose purpose = Purpose::kNewPaper;
  Usage most = {};
  Breaker::Permit permit = {};
  int limit = 0;
  std::string why = {};
};

Caller::Caller(const Parts& parts, const Options& options)
    : chat_(parts.chat),
      budget_(parts.budget),
      clock_(parts.clock),
      name_(RandomName()),
      metrics_(parts.metrics, options.position, RefusalNames()),
      breaker_(parts.clock, options.seed),
      random_(options.seed),
      admissions_(parts.limiter, chat_.endpoint().Key(), parts.clock,
                  {.patience = kPatience, .seed = options.seed}) {}

CallResult Caller::Call(const ChatRequest& request, Purpose purpose, const std::stop_token& stop,
                        const std::stop_token& leaving) {
  const EitherStop either(stop, leaving);
  const std::stop_token begins_none = either.token();
  CallResult result;
  Attempt attempt{.id = {}, .purpose = purpose, .most = MostOf(request)};
  while (true) {
    attempt.id = fmt::format("{}:{}", name_, ++attempts_);
    const std::optional<Refusal> refused = Prepare(attempt, begins_none);
    if (refused) {
      // What an earlier attempt was answered is still what became of this.
      if (result.calls > 0 && *refused != Refusal::kStopped) return result;
      metrics_.CountRefusal(std::string(RefusalName(*refused)));
      result.refusal = *refused;
      result.why = std::move(attempt.why);
      return result;
    }
    result.answer = Make(request, attempt, stop, result);
    const auto pause = PauseAfter(result.answer, result.calls);
    if (!pause) return result;
    if (!clock_.SleepFor(*pause, begins_none)) {
      result.refusal = Refusal::kStopped;
      result.why = "stopped while it waited to ask again";
      return result;
    }
    metrics_.CountRetry();
  }
}

std::optional<Refusal> Caller::Prepare(Attempt& attempt, const std::stop_token& stop) {
  const auto permit = breaker_.Allow();
  ShowBreaker();
  if (!permit) {
    attempt.why = breaker_.why();
    return Refusal::kBreakerOpen;
  }
  attempt.permit = *permit;
  auto refused = AwaitPlace(attempt, stop);
  if (!refused) {
    refused = TakeBudget(attempt);
    if (refused) admissions_.Leave(attempt.id, {});
  }
  if (refused) breaker_.Record(attempt.permit, CallOutcome::kCancelled, "");
  return refused;
}

std::optional<Refusal> Caller::AwaitPlace(Attempt& attempt, const std::stop_token& stop) {
  // A probe keeps all others out while it waits.
  const bool probe = breaker_.state() != Breaker::State::kClosed;
  const clock::SteadyTime begun = clock_.SteadyNow();
  const auto entered = admissions_.Enter(
      attempt.id,
      [&] {
        return breaker_.Stands(attempt.permit) &&
               !(probe && clock_.SteadyNow() - begun >= kPatience);
      },
      stop);
  if (!entered.ok()) return StoreAway(attempt, entered.status());
  if (!*entered) {
    if (stop.stop_requested()) {
      attempt.why = "stopped while it waited for its turn";
      return Refusal::kStopped;
    }
    attempt.why = breaker_.why();
    return Refusal::kBreakerOpen;
  }
  const Admission& admission = **entered;
  if (admission.verdict == Admission::Verdict::kBlocked) {
    attempt.why =
        fmt::format("the endpoint wants to be left alone for {}", Seconds(admission.wait));
    Note(Refusal::kBlocked, admission.wait, attempt.why);
    return Refusal::kBlocked;
  }
  attempt.limit = admission.limit;
  return std::nullopt;
}

std::optional<Refusal> Caller::TakeBudget(Attempt& attempt) {
  const auto grant =
      budget_.Reserve(attempt.id, SpendOf(chat_.endpoint(), attempt.most), attempt.purpose);
  if (!grant.ok()) return StoreAway(attempt, grant.status());
  metrics_.ShowBudget(*grant);
  if (grant->verdict == Grant::Verdict::kGranted) {
    if (attempt.purpose == Purpose::kNewPaper) Forget();
    return std::nullopt;
  }
  const bool hard = grant->verdict == Grant::Verdict::kHard;
  attempt.why = fmt::format("the day's {} budget is used up; the next day begins in {}",
                            hard ? "hard" : "soft", Seconds(grant->until_reset));
  const Refusal refusal = hard ? Refusal::kBudgetHard : Refusal::kBudgetSoft;
  Note(refusal, std::min(grant->until_reset, kBudgetGoneFor), attempt.why);
  return refusal;
}

Refusal Caller::StoreAway(Attempt& attempt, const absl::Status& status) {
  attempt.why = fmt::format("what is left of the budget is unknown: {}", status.ToString());
  Note(Refusal::kStoreAway, kStoreAwayFor, attempt.why);
  return Refusal::kStoreAway;
}

ChatAnswer Caller::Make(const ChatRequest& request, const Attempt& attempt,
                        const std::stop_token& stop, CallResult& result) {
  metrics_.Begin(attempt.limit);
  ChatAnswer answer = chat_.Ask(request, SchemaMode::kJsonSchema, stop);
  if (++result.calls == 1) retries_.CountFirst();
  if (HasAnswered(answer.outcome)) answered_ = true;
  // It worked for others: this one is not to shut it for them.
  if (answer.may_be_the_request && answered_) answer.outcome = CallOutcome::kBadRequest;
  const Usage billed = BilledFor(answer, attempt.most);
  const Spend spent = SpendOf(chat_.endpoint(), billed);
  metrics_.End(answer, billed, spent);
  result.spent.tokens += spent.tokens;
  result.spent.microdollars += spent.microdollars;
  // Where the store is away it takes the most to be spent.
  (void)budget_.Settle(attempt.id, spent);
  breaker_.Record(attempt.permit, answer.outcome, answer.detail);
  ShowBreaker();
  admissions_.Leave(attempt.id, FeedbackOf(answer));
  if (answer.retry_after && *answer.retry_after > kPatience) {
    // As the limiter bounds it.
    const milliseconds alone = std::min(*answer.retry_after, LimiterOptions{}.longest_block);
    Note(Refusal::kBlocked, alone,
         fmt::format("the endpoint wants to be left alone for {}", Seconds(alone)));
  }
  return answer;
}

std::optional<milliseconds> Caller::PauseAfter(const ChatAnswer& answer, int attempts) {
  if (attempts >= kMostAttempts || !IsWorthAnotherTry(answer)) return std::nullopt;
  if (answer.retry_after && *answer.retry_after > kPatience) return std::nullopt;
  if (!breaker_.WouldAllow() || !retries_.TakeRetry()) return std::nullopt;
  if (answer.retry_after && answer.retry_after->count() > 0) return answer.retry_after;
  const milliseconds pause = std::min(kFirstPause * (1 << (attempts - 1)), kLongestPause);
  const std::lock_guard lock(mutex_);
  return pause * std::uniform_int_distribution<int>(75, 100)(random_) / 100;
}

void Caller::ShowBreaker() {
  const Breaker::State state = breaker_.state();
  metrics_.ShowBreaker(state);
  if (shown_.exchange(state) == state) return;
  telemetry::Log(
      state == Breaker::State::kOpen ? telemetry::Level::kWarning : telemetry::Level::kInfo,
      "llm breaker",
      {{"endpoint", chat_.endpoint().Name()},
       {"state", BreakerStateName(state)},
       {"why", breaker_.why()}});
}

void Caller::Note(Refusal what, milliseconds how_long, std::string why) {
  const std::lock_guard lock(mutex_);
  if (obstacle_.what != what) {
    telemetry::Log(telemetry::Level::kWarning, "llm calls held back",
                   {{"endpoint", chat_.endpoint().Name()}, {"why", why}});
  }
  obstacle_ = {.what = what, .until = clock_.SteadyNow() + how_long, .why = std::move(why)};
}

void Caller::Forget() {
  const std::lock_guard lock(mutex_);
  if (obstacle_.what == Refusal::kNone) return;
  telemetry::Log(telemetry::Level::kInfo, "llm calls go on",
                 {{"endpoint", chat_.endpoint().Name()}});
  obstacle_ = {};
}

bool Caller::Healthy() const {
  if (!breaker_.WouldAllow()) return false;
  const std::lock_guard lock(mutex_);
  return obstacle_.what == Refusal::kNone || clock_.SteadyNow() >= obstacle_.until;
}

std::string Caller::WhyNot() const {
  if (Healthy()) return {};
  if (!breaker_.WouldAllow()) return breaker_.why();
  const std::lock_guard lock(mutex_);
  return obstacle_.why;
}

}  // namespace paperwire::llm
