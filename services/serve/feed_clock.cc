#include "services/serve/feed_clock.h"

#include <algorithm>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"

namespace paperwire::serve {

void FeedClock::SawBatch(std::string_view announced) {
  if (!calendar::ParseDate(announced) || !CheckAnnounced(announced, Now()).ok()) return;
  const std::lock_guard lock(mutex_);
  if (announced > newest_batch_) newest_batch_ = announced;
}

void FeedClock::SawPaper(std::string_view announced) {
  if (!calendar::ParseDate(announced) || !CheckAnnounced(announced, Now()).ok()) return;
  const std::lock_guard lock(mutex_);
  if (announced > newest_paper_) newest_paper_ = announced;
}

std::string FeedClock::Today() const {
  if (!data_) return calendar::FormatDate(calendar::DateInNewYork(Now()));
  const std::lock_guard lock(mutex_);
  return newest_batch_.empty() ? newest_paper_ : newest_batch_;
}

std::string FeedClock::Oldest() const {
  const auto today = calendar::ParseDate(Today());
  return today ? calendar::FormatDate(calendar::OldestInWindow(*today)) : std::string();
}

std::string FeedClock::Newest() const {
  return calendar::FormatDate(calendar::DateInNewYork(Now()) + 1);
}

absl::Status FeedClock::CheckAnnounced(std::string_view announced, absl::Time written,
                                       int ahead) const {
  // Later than when it was written, too: one clock that is behind must not turn away what is of
  // today.
  const std::string newest =
      calendar::FormatDate(calendar::DateInNewYork(std::max(Now(), written)) + ahead);
  if (announced <= newest) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "announced is {}, which is to come; the newest there can be is {}", announced, newest));
}

absl::Time FeedClock::Now() const { return absl::FromChrono(clock_.Now()); }

}  // namespace paperwire::serve
