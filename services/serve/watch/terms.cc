#include "services/serve/watch/terms.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/calendar/calendar.h"
#include "services/serve/error_details.h"
#include "services/serve/sealed_token.h"

namespace paperwire::serve::watch {
namespace {

constexpr size_t kEpochTimeDigits = 12;
// What clocks of different machines may differ by.
constexpr absl::Duration kClocksDiffer = absl::Minutes(1);
constexpr absl::Duration kBehindFor = absl::Seconds(1);

std::string Serialized(const v1::WatchPapersRequest& request) {
  v1::WatchPapersRequest terms;
  terms.set_announced_from(request.announced_from());
  if (request.filter().ByteSizeLong() > 0) *terms.mutable_filter() = request.filter();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    terms.SerializeToCodedStream(&coded);
  }
  return bytes;
}

// When an epoch was made; the far future where it does not say.
absl::Time TimeOfEpoch(std::string_view epoch) {
  uint64_t milliseconds = 0;
  if (!ReadHex(epoch.substr(0, kEpochTimeDigits), milliseconds)) return absl::InfiniteFuture();
  return absl::FromUnixMillis(static_cast<int64_t>(milliseconds));
}

}  // namespace

absl::StatusOr<Terms> ReadTerms(const v1::WatchPapersRequest& request,
                                const tags::TagCatalogue& catalogue, const Snapshot& snapshot) {
  if (!request.announced_from().empty() && !calendar::ParseDate(request.announced_from())) {
    return InvalidField("announced_from", "must be a date of the form YYYY-MM-DD");
  }
  if (!v1::EntryView_IsValid(request.view())) return InvalidField("view", "is not a view");
  Terms terms{.announced_from = request.announced_from(), .filter = {}, .key = Serialized(request)};
  terms.hash = HashOf(terms.key);
  const bool resumed = DecodePosition(request.resume_token(), terms.hash).ok();
  absl::StatusOr<Filter> filter =
      Filter::Make(request.filter(), catalogue, snapshot,
                   resumed ? UnknownTag::kMatchesNothing : UnknownTag::kRefused);
  if (!filter.ok()) return filter.status();
  terms.filter = *std::move(filter);
  if (request.view() != v1::ENTRY_VIEW_UNSPECIFIED) terms.view = request.view();
  return terms;
}

absl::StatusOr<Position> Begin(const v1::WatchPapersRequest& request, const Terms& terms,
                               const Snapshot& snapshot, absl::Time current_at) {
  if (request.resume_token().empty()) {
    Position position{.epoch = snapshot.epoch(), .begun = snapshot.cursor()};
    if (terms.announced_from.empty()) position.MoveTo(snapshot.cursor());
    return position;
  }
  absl::StatusOr<Position> position = DecodePosition(request.resume_token(), terms.hash);
  if (!position.ok()) {
    return InvalidField("resume_token", std::string(position.status().message()));
  }
  if (position->epoch == snapshot.epoch()) {
    position->begun = std::min(position->begun, snapshot.cursor());
    position->MoveTo(position->after);
    return position;
  }
  // An epoch of later than this one's end would be known by now, if it were of this window.
  const bool behind = position->epoch > snapshot.epoch() &&
                      TimeOfEpoch(position->epoch) + kClocksDiffer >= current_at;
  if (!behind) return LostEpoch();
  return RetryAfter(absl::UnavailableError("resume_token: is of a newer window than this replica "
                                           "has heard of; call again with it"),
                    kBehindFor);
}

absl::Status LostEpoch() {
  return absl::OutOfRangeError(
      "the window was rebuilt; call again without resume_token, with announced_from, and drop what "
      "has not come again when the stream is live");
}

}  // namespace paperwire::serve::watch
