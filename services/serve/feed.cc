#include "services/serve/feed.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "google/protobuf/util/time_util.h"
#include "libs/paper/arxiv_id.h"
#include "libs/paper/text.h"
#include "libs/tags/description.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"
#include "services/serve/token_epoch.h"

namespace paperwire::serve {
namespace {

constexpr int kDefaultPage = 20;
constexpr int kLargestPage = 200;
constexpr int kMostIds = 100;

// UNSPECIFIED is taken as `otherwise`.
absl::StatusOr<v1::EntryView> ViewOf(v1::EntryView view, v1::EntryView otherwise) {
  if (view == v1::ENTRY_VIEW_UNSPECIFIED) return otherwise;
  if (v1::EntryView_IsValid(view)) return view;
  return absl::InvalidArgumentError(
      fmt::format("view: {} is no view; there are BASIC and FULL", static_cast<int>(view)));
}

// What can be said of a list without a snapshot; its view.
absl::StatusOr<v1::EntryView> CheckList(const v1::ListPapersRequest& request) {
  if (request.page_size() < 0) {
    return absl::InvalidArgumentError("page_size: must not be negative");
  }
  if (!v1::EntryOrder_IsValid(request.order())) {
    return absl::InvalidArgumentError(fmt::format(
        "order: {} is no order; there are DATE and RELEVANCE", static_cast<int>(request.order())));
  }
  return ViewOf(request.view(), v1::ENTRY_VIEW_BASIC);
}

struct Page {
  std::vector<const ServedEntry*> entries;
  // Over all pages.
  size_t matching = 0;
  // There is a page after this one.
  bool more = false;
};

Page PageAfter(const PageToken& after, size_t page_size, const Filter& filter,
               const Candidates& candidates) {
  const size_t begin =
      after.arxiv_id.empty() ? 0 : candidates.PositionAfter(after.announced, after.arxiv_id);
  Page page;
  if (filter.MatchesAll(candidates)) {
    page.matching = candidates.size();
    page.more = begin + page_size < candidates.size();
    candidates.VisitFrom(begin, [&](const ServedEntry& entry) {
      page.entries.push_back(&entry);
      return page.entries.size() < page_size;
    });
    return page;
  }
  size_t position = 0;
  candidates.VisitFrom(0, [&](const ServedEntry& entry) {
    if (filter.Matches(entry)) {
      ++page.matching;
      if (position >= begin) {
        page.more = page.entries.size() == page_size;
        if (!page.more) page.entries.push_back(&entry);
      }
    }
    ++position;
    return true;
  });
  return page;
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

absl::StatusOr<PageToken> Feed::TokenOf(const v1::ListPapersRequest& request,
                                        const Snapshot& snapshot, uint64_t listing) const {
  if (request.page_token().empty()) return PageToken();
  absl::StatusOr<PageToken> token = DecodeToken(request.page_token());
  if (!token.ok()) {
    return absl::InvalidArgumentError("page_token: " + std::string(token.status().message()));
  }
  if (token->filter_hash != listing) {
    return absl::InvalidArgumentError("page_token: belongs to another filter or order");
  }
  const absl::Status epoch =
      CheckTokenEpoch("page_token", token->epoch, snapshot, snapshots_.FreshnessOf(snapshot),
                      feed_clock_.Now(), "list anew without a token");
  if (!epoch.ok()) return epoch;
  return token;
}

absl::StatusOr<Filter> Feed::FilterOf(const v1::EntryFilter& filter, const Snapshot& snapshot,
                                      bool resumed) const {
  absl::StatusOr<Filter> made = Filter::Make(
      filter, catalogue_, snapshot, resumed ? UnknownTag::kMatchesNothing : UnknownTag::kRefused);
  if (made.ok()) made->LookUpWords(*snapshot.search());
  return made;
}

absl::StatusOr<Payload> Feed::ListPapers(const v1::ListPapersRequest& request) const {
  const auto view = CheckList(request);
  if (!view.ok()) return view.status();
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const std::string oldest = feed_clock_.Oldest();
  std::string asked = oldest;
  request.AppendToString(&asked);
  KeptAnswers& kept = (*snapshot)->kept();
  if (std::optional<Payload> answer = kept.Find(asked)) return *std::move(answer);
  absl::StatusOr<Payload> answer = List(request, *view, **snapshot, oldest);
  if (!answer.ok()) return answer;
  return kept.Keep(asked, *std::move(answer));
}

absl::StatusOr<Payload> Feed::List(const v1::ListPapersRequest& request, v1::EntryView view,
                                   const Snapshot& snapshot, std::string_view oldest) const {
  if (request.order() == v1::ENTRY_ORDER_RELEVANCE) {
    return ListByRelevance(request, view, snapshot);
  }
  const uint64_t listing = HashOfAsked("date", request.filter());
  const absl::StatusOr<PageToken> after = TokenOf(request, snapshot, listing);
  if (!after.ok()) return after.status();
  const absl::StatusOr<Filter> filter =
      FilterOf(request.filter(), snapshot, !request.page_token().empty());
  if (!filter.ok()) return filter.status();

  const int page_size =
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
  const Page page = PageAfter(*after, static_cast<size_t>(page_size), *filter,
                              filter->CandidatesIn(snapshot, oldest));
  Payload payload;
  for (const ServedEntry* entry : page.entries) entry->AppendTo(payload, view);
  v1::ListPapersResponse rest;
  rest.set_total_size(static_cast<int>(page.matching));
  if (page.more) {
    rest.set_next_page_token(EncodeToken({.epoch = snapshot.epoch(),
                                          .announced = page.entries.back()->announced(),
                                          .arxiv_id = page.entries.back()->arxiv_id(),
                                          .filter_hash = listing}));
  }
  payload.Append(rest.SerializeAsString());
  return payload;
}

absl::StatusOr<Payload> Feed::GetPaper(const v1::GetPaperRequest& request) const {
  const auto view = ViewOf(request.view(), v1::ENTRY_VIEW_FULL);
  if (!view.ok()) return view.status();
  const absl::StatusOr<std::string> id = CanonicalId("arxiv_id", request.arxiv_id());
  if (!id.ok()) return id.status();
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const EntryPtr entry = (*snapshot)->Find(*id);
  if (entry == nullptr || entry->announced() < feed_clock_.Oldest()) {
    return absl::NotFoundError(*id + " is not in the window of the last seven days");
  }
  Payload payload;
  entry->AppendTo(payload, *view);
  return payload;
}

absl::StatusOr<Payload> Feed::BatchGetPapers(const v1::BatchGetPapersRequest& request) const {
  const auto view = ViewOf(request.view(), v1::ENTRY_VIEW_FULL);
  if (!view.ok()) return view.status();
  if (request.arxiv_ids_size() > kMostIds) {
    return absl::InvalidArgumentError("arxiv_ids: at most 100 at once");
  }
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const std::string oldest = feed_clock_.Oldest();
  Payload payload;
  v1::BatchGetPapersResponse rest;
  for (const std::string& text : request.arxiv_ids()) {
    const absl::StatusOr<std::string> id = CanonicalId("arxiv_ids", text);
    if (!id.ok()) return id.status();
    const EntryPtr entry = (*snapshot)->Find(*id);
    if (entry == nullptr || entry->announced() < oldest) {
      rest.add_missing_ids(*id);
    } else {
      entry->AppendTo(payload, *view);
    }
  }
  payload.Append(rest.SerializeAsString());
  return payload;
}

absl::StatusOr<v1::ListTagsResponse> Feed::ListTags() const {
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const std::string oldest = feed_clock_.Oldest();
  v1::ListTagsResponse response;
  for (const tags::TagInfo& info : catalogue_) {
    v1::TagDescription* tag = response.add_tags();
    *tag = tags::Describe(catalogue_, info, (*snapshot)->tag_model());
    for (EntryRange left = (*snapshot)->OfTag(info.slug).Between(oldest, ""); !left.empty();) {
      const std::string& announced = left.front().announced();
      const EntryRange later = left.After(announced, "");
      v1::DayCount* count = tag->add_counts();
      count->set_announced(announced);
      count->set_count(static_cast<int>(left.size() - later.size()));
      left = later;
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
