#include "libs/llm/limit_rule.h"

#include <algorithm>
#include <cmath>

namespace paperwire::llm {
namespace {

constexpr double kRises = 0.05;
// Fewer answers tell nothing of what is usual.
constexpr int kFewest = 20;
// Answers that take so little longer are not worth going slower for.
constexpr double kLeastDelay = 100;
// What a call takes while nothing is known of it.
constexpr double kGuess = 1000;

}  // namespace

int LimitRule::Allowed(int cap) const {
  return std::clamp(static_cast<int>(std::floor(limit)), 1, std::max(cap, 1));
}

void LimitRule::Learn(const Feedback& feedback, int64_t now, int in_flight, int cap) {
  limit = std::min(limit, std::max<double>(cap, 1));
  if (feedback.kind == Feedback::Kind::kBad) Cut(now, feedback.latency);
  if (feedback.kind != Feedback::Kind::kGood) return;
  const auto latency = static_cast<double>(feedback.latency.count());
  const double share = std::clamp(2 / (limit + 1), 0.005, 0.05);
  answers = std::min(answers + 1, kFewest);
  if (recent < 0) recent = latency;
  recent += (latency - recent) * std::max(share, 1.0 / answers);
  const bool known = answers == kFewest;
  usual = !known || recent < usual ? recent : usual + (recent - usual) * kRises * share;
  if (known && recent > 2 * usual && recent > usual + kLeastDelay) {
    Cut(now, feedback.latency);
    recent = usual;
  } else {
    Grow(in_flight, cap);
  }
}

void LimitRule::Grow(int in_flight, int cap) {
  // Calls that began together end together, so fewer are under way at the end of it.
  if (in_flight * 4 < Allowed(cap)) return;
  limit = std::min(limit + (slow_start ? 1 : 1 / limit), std::max<double>(cap, 1));
}

void LimitRule::Cut(int64_t now, std::chrono::milliseconds latency) {
  slow_start = false;
  // One that began before the last cut tells no more than was known then.
  if (now - latency.count() < cut_at) return;
  limit = std::max(1.0, limit * 0.7);
  cut_at = now;
}

std::chrono::milliseconds LimitRule::Turn(int ahead, int allowed) const {
  const double call = usual < 0 ? kGuess : usual;
  const double turn = (ahead + 1) * call / std::max(allowed, 1);
  return std::chrono::milliseconds(static_cast<int64_t>(std::clamp(turn / 2, 20.0, 1000.0)));
}

}  // namespace paperwire::llm
