#include "services/serve/feed.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/util/time_util.h"
#include "libs/paper/arxiv_id.h"
#include "libs/paper/text.h"
#include "libs/tags/description.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"

namespace paperwire::serve {
namespace {

constexpr int kDefaultPage = 20;
constexpr int kLargestPage = 200;
constexpr int kMostIds = 100;

uint64_t HashOfListing(const v1::ListPapersRequest& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.filter().SerializeToCodedStream(&coded);
  }
  return HashOf(bytes);
}

v1::Entry InView(const ServedEntry& entry, v1::EntryView view, v1::EntryView otherwise) {
  return entry.Message(view == v1::ENTRY_VIEW_UNSPECIFIED ? otherwise : view);
}

}  // namespace

absl::StatusOr<std::string> CanonicalId(std::string_view field, const std::string& text) {
  const auto id = paper::ParseArxivId(text);
  if (id.ok()) return id->base;
  return absl::InvalidArgumentError(
      fmt::format("{}: \"{}\" is not an arXiv id", field, paper::Truncate(text, 80)));
}

absl::StatusOr<SnapshotPtr> Feed::Current() const {
  SnapshotPtr snapshot = snapshots_.Get();
  if (snapshot != nullptr) return snapshot;
  const std::string reason = snapshots_.freshness().reason;
  return absl::UnavailableError("no snapshot is loaded yet" +
                                (reason.empty() ? std::string() : ": " + reason));
}

absl::StatusOr<v1::ListPapersResponse> Feed::ListPapers(
    const v1::ListPapersRequest& request) const {
  if (request.page_size() < 0) {
    return absl::InvalidArgumentError("page_size: must not be negative");
  }
  if (request.order() == v1::ENTRY_ORDER_RELEVANCE) {
    return absl::UnimplementedError("order: RELEVANCE needs the search, which is not there yet");
  }
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const absl::StatusOr<Filter> filter = Filter::Make(request.filter(), catalogue_, **snapshot);
  if (!filter.ok()) return filter.status();
  const uint64_t filter_hash = HashOfListing(request);

  PageToken after;
  if (!request.page_token().empty()) {
    absl::StatusOr<PageToken> token = DecodeToken(request.page_token());
    if (!token.ok()) {
      return absl::InvalidArgumentError("page_token: " + std::string(token.status().message()));
    }
    if (token->filter_hash != filter_hash) {
      return absl::InvalidArgumentError("page_token: belongs to another filter or order");
    }
    if (token->epoch != (*snapshot)->epoch()) {
      return absl::OutOfRangeError(
          "page_token: the window was rebuilt since; list anew without a token");
    }
    after = *std::move(token);
  }

  const int page_size =
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
  v1::ListPapersResponse response;
  int matching = 0;
  bool more = false;
  const ServedEntry* last = nullptr;
  for (const ServedEntry& entry : (*snapshot)->From(feed_clock_.Oldest())) {
    if (!filter->Matches(entry)) continue;
    ++matching;
    if (!after.arxiv_id.empty() &&
        !Before(after.announced, after.arxiv_id, entry.announced(), entry.arxiv_id())) {
      continue;
    }
    if (response.entries_size() == page_size) {
      more = true;
      continue;
    }
    *response.add_entries() = InView(entry, request.view(), v1::ENTRY_VIEW_BASIC);
    last = &entry;
  }
  response.set_total_size(matching);
  if (more) {
    response.set_next_page_token(EncodeToken({.epoch = (*snapshot)->epoch(),
                                              .announced = last->announced(),
                                              .arxiv_id = last->arxiv_id(),
                                              .filter_hash = filter_hash}));
  }
  return response;
}

absl::StatusOr<v1::GetPaperResponse> Feed::GetPaper(const v1::GetPaperRequest& request) const {
  const absl::StatusOr<std::string> id = CanonicalId("arxiv_id", request.arxiv_id());
  if (!id.ok()) return id.status();
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const EntryPtr entry = (*snapshot)->Find(*id);
  if (entry == nullptr || entry->announced() < feed_clock_.Oldest()) {
    return absl::NotFoundError(*id + " is not in the window of the last seven days");
  }
  v1::GetPaperResponse response;
  *response.mutable_entry() = InView(*entry, request.view(), v1::ENTRY_VIEW_FULL);
  return response;
}

absl::StatusOr<v1::BatchGetPapersResponse> Feed::BatchGetPapers(
    const v1::BatchGetPapersRequest& request) const {
  if (request.arxiv_ids_size() > kMostIds) {
    return absl::InvalidArgumentError("arxiv_ids: at most 100 at once");
  }
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const std::string oldest = feed_clock_.Oldest();
  v1::BatchGetPapersResponse response;
  for (const std::string& text : request.arxiv_ids()) {
    const absl::StatusOr<std::string> id = CanonicalId("arxiv_ids", text);
    if (!id.ok()) return id.status();
    const EntryPtr entry = (*snapshot)->Find(*id);
    if (entry == nullptr || entry->announced() < oldest) {
      response.add_missing_ids(*id);
    } else {
      *response.add_entries() = InView(*entry, request.view(), v1::ENTRY_VIEW_FULL);
    }
  }
  return response;
}

absl::StatusOr<v1::ListTagsResponse> Feed::ListTags() const {
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const std::string oldest = feed_clock_.Oldest();
  v1::ListTagsResponse response;
  for (const tags::TagInfo& info : catalogue_) {
    v1::TagDescription* tag = response.add_tags();
    *tag = tags::Describe(catalogue_, info, (*snapshot)->tag_model());
    for (const ServedEntry& entry : (*snapshot)->OfTag(info.slug)) {
      const std::string& announced = entry.announced();
      if (announced < oldest) break;
      if (tag->counts_size() == 0 || tag->counts(tag->counts_size() - 1).announced() != announced) {
        tag->add_counts()->set_announced(announced);
      }
      v1::DayCount* count = tag->mutable_counts(tag->counts_size() - 1);
      count->set_count(count->count() + 1);
    }
  }
  return response;
}

absl::StatusOr<v1::GetStatusResponse> Feed::GetStatus() const {
  const StatusPtr status = statuses_.Get();
  if (status == nullptr || snapshots_.Get() == nullptr) {
    const absl::StatusOr<SnapshotPtr> snapshot = Current();
    return snapshot.ok() ? absl::UnavailableError("the status is not worked out yet")
                         : snapshot.status();
  }
  v1::GetStatusResponse response = *status;
  *response.mutable_snapshot_time() = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
      absl::ToUnixMillis(snapshots_.freshness().current_at));
  return response;
}

}  // namespace paperwire::serve
