#include "services/serve/watch/terms.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/calendar/calendar.h"
#include "services/serve/error_details.h"
#include "services/serve/sealed_token.h"
#include "services/serve/token_epoch.h"

namespace paperwire::serve::watch {
namespace {

constexpr absl::Duration kNewWindowIn = absl::Seconds(1);
constexpr std::string_view kBeginAnew =
    "call again without resume_token, with announced_from, and drop what has not come again when "
    "the "
    "stream is live";

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
                               const Snapshot& snapshot, const SnapshotHolder::Freshness& freshness,
                               absl::Time now) {
  if (request.resume_token().empty()) {
    // Perhaps its window is the one that another replica has just sent this reader away from.
    if (freshness.lost) {
      return RetryAfter(absl::UnavailableError("a new window is being loaded; call again"),
                        kNewWindowIn);
    }
    Position position{.epoch = snapshot.epoch(), .begun = snapshot.cursor()};
    if (terms.announced_from.empty()) position.MoveTo(snapshot.cursor());
    return position;
  }
  absl::StatusOr<Position> position = DecodePosition(request.resume_token(), terms.hash);
  if (!position.ok()) {
    return InvalidField("resume_token", std::string(position.status().message()));
  }
  const absl::Status epoch =
      CheckTokenEpoch("resume_token", position->epoch, snapshot, freshness, now, kBeginAnew);
  if (!epoch.ok()) return epoch;
  position->begun = std::min(position->begun, snapshot.cursor());
  position->MoveTo(position->after);
  return position;
}

absl::Status LostEpoch() {
  return absl::OutOfRangeError(fmt::format("the window was rebuilt; {}", kBeginAnew));
}

}  // namespace paperwire::serve::watch
