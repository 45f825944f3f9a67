// The part of Feed that asks the index.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "services/serve/feed.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"
#include "services/serve/sealed_token.h"
#include "services/serve/search/related.h"
#include "services/serve/search/snippets.h"
#include "services/serve/search/suggestion.h"
#include "services/serve/token_epoch.h"

namespace paperwire::serve {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

constexpr std::string_view kTokenKind = "s1";
constexpr int kDefaultPage = 20;
constexpr int kLargestPage = 200;
constexpr int kDefaultRelated = 5;
constexpr int kMostRelated = 20;

absl::Status Refuse(std::string_view field, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, why));
}

absl::StatusOr<v1::EntryView> ViewOf(v1::EntryView view) {
  if (!v1::EntryView_IsValid(view)) {
    return Refuse("view",
                  fmt::format("{} is no view; there are BASIC and FULL", static_cast<int>(view)));
  }
  return view == v1::ENTRY_VIEW_UNSPECIFIED ? v1::ENTRY_VIEW_BASIC : view;
}

std::string EncodeAfter(const std::string& epoch, const search::After& after, uint64_t asked) {
  return SealToken(kTokenKind, {epoch, fmt::format("{:x}", static_cast<uint32_t>(after.score)),
                                fmt::format("{:x}", static_cast<uint32_t>(after.day)),
                                after.arxiv_id, fmt::format("{:x}", asked)});
}

// Where the page before ended; none: the first page is asked for. `asked`: the hash of all that
// the token is bound to.
absl::StatusOr<std::optional<search::After>> DecodeAfter(const std::string& token,
                                                         const Snapshot& snapshot,
                                                         const SnapshotHolder& snapshots,
                                                         absl::Time now, uint64_t asked) {
  if (token.empty()) return std::nullopt;
  auto parts = OpenToken(kTokenKind, 5, token);
  if (!parts.ok()) return Refuse("page_token", std::string(parts.status().message()));
  uint64_t score = 0;
  uint64_t day = 0;
  uint64_t hash = 0;
  if (!ReadHex((*parts)[1], score) || !ReadHex((*parts)[2], day) || !ReadHex((*parts)[4], hash)) {
    return Refuse("page_token", "not a page token of this service");
  }
  if (hash != asked) return Refuse("page_token", "belongs to another query, filter or order");
  const absl::Status epoch =
      CheckTokenEpoch("page_token", (*parts)[0], snapshot, snapshots.FreshnessOf(snapshot), now,
                      "search anew without a token");
  if (!epoch.ok()) return epoch;
  return search::After{.score = static_cast<int32_t>(score),
                       .day = static_cast<int32_t>(day),
                       .arxiv_id = std::move((*parts)[3])};
}

search::After AfterOf(const search::Index& index, const search::Hit& hit) {
  return {.score = hit.score,
          .day = hit.day,
          .arxiv_id = std::string(index.parts()[hit.place.part].segment->id(hit.place.doc))};
}

const EntryPtr& EntryOf(const search::Index& index, const search::Hit& hit) {
  return index.parts()[hit.place.part].segment->entry(hit.place.doc);
}

// The entry as field 1 of a result, which is field 1 of both responses; the rest of the result
// after it.
void AppendResult(const ServedEntry& entry, v1::EntryView view, const v1::SearchResult& rest,
                  Payload& payload) {
  const std::string tail = rest.SerializeAsString();
  std::string head;
  {
    google::protobuf::io::StringOutputStream stream(&head);
    CodedOutputStream coded(&stream);
    coded.WriteTag(WireFormatLite::MakeTag(v1::SearchPapersResponse::kResultsFieldNumber,
                                           WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
    coded.WriteVarint32(static_cast<uint32_t>(entry.FieldSize(view) + tail.size()));
  }
  payload.Append(std::move(head));
  entry.AppendTo(payload, view);
  payload.Append(tail);
}

float ShownScore(const search::Hit& hit) {
  return static_cast<float>(hit.score) / search::kScoreUnit;
}

search::TagReader ReaderOf(const tags::TagCatalogue& catalogue, const Snapshot& snapshot,
                           bool resumed) {
  return [&catalogue, &snapshot, resumed](std::string_view words) -> absl::StatusOr<std::string> {
    const auto standing = catalogue.Read(words);
    if (standing.ok()) return std::string(standing->slug);
    if (resumed || !snapshot.OfTag(words).empty()) return std::string(words);
    const std::string why(standing.status().message());
    return absl::InvalidArgumentError(why.ends_with('?') ? why : why + " (ListTags names them)");
  };
}

}  // namespace

absl::StatusOr<Payload> Feed::SearchPapers(const v1::SearchPapersRequest& request) const {
  if (request.page_size() < 0) return Refuse("page_size", "must not be negative");
  const absl::StatusOr<v1::EntryView> view = ViewOf(request.view());
  if (!view.ok()) return view.status();
  const absl::StatusOr<SnapshotPtr> current = Current();
  if (!current.ok()) return current.status();
  const Snapshot& snapshot = **current;
  const search::Index& index = *snapshot.search();
  const uint64_t asked = HashOfAsked("search " + request.query(), request.filter());
  auto after = DecodeAfter(request.page_token(), snapshot, snapshots_, feed_clock_.Now(), asked);
  if (!after.ok()) return after.status();
  const bool resumed = after->has_value();
  const search::TagReader read_tag = ReaderOf(catalogue_, snapshot, resumed);
  const absl::StatusOr<search::Query> query = search::ParseQuery(request.query(), read_tag);
  if (!query.ok()) return query.status();
  const absl::StatusOr<Filter> filter = FilterOf(request.filter(), snapshot, resumed);
  if (!filter.ok()) return filter.status();

  search::Options options;
  options.limit = static_cast<size_t>(
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage));
  options.oldest = search::DayOf(feed_clock_.Oldest());
  options.after = *std::move(after);
  if (request.filter().ByteSizeLong() > 0) {
    options.keep = [&filter](const EntryPtr& entry) { return filter->Matches(*entry); };
  }
  const search::Results results = search::Search(index, *query, options);

  Payload payload;
  search::SnippetMaker snippets(index, *query);
  for (const search::Hit& hit : results.hits) {
    const EntryPtr& entry = EntryOf(index, hit);
    v1::SearchResult rest;
    rest.set_score(ShownScore(hit));
    for (v1::Snippet& snippet : snippets.Make(hit.place, search::EntryText(*entry))) {
      *rest.add_snippets() = std::move(snippet);
    }
    AppendResult(*entry, *view, rest, payload);
  }
  v1::SearchPapersResponse rest;
  rest.set_total_size(static_cast<int>(results.total));
  if (results.more) {
    rest.set_next_page_token(
        EncodeAfter(snapshot.epoch(), AfterOf(index, results.hits.back()), asked));
  }
  if (results.total == 0) {
    rest.set_suggestion(search::Suggest(index, request.query(), *query, read_tag, options));
  }
  payload.Append(rest.SerializeAsString());
  return payload;
}

absl::StatusOr<Payload> Feed::RelatedPapers(const v1::RelatedPapersRequest& request) const {
  if (request.limit() < 0) return Refuse("limit", "must not be negative");
  const absl::StatusOr<v1::EntryView> view = ViewOf(request.view());
  if (!view.ok()) return view.status();
  const absl::StatusOr<std::string> id = CanonicalId("arxiv_id", request.arxiv_id());
  if (!id.ok()) return id.status();
  const absl::StatusOr<SnapshotPtr> snapshot = Current();
  if (!snapshot.ok()) return snapshot.status();
  const search::Index& index = *(*snapshot)->search();
  search::Options options;
  options.limit = static_cast<size_t>(
      request.limit() == 0 ? kDefaultRelated : std::min(request.limit(), kMostRelated));
  options.oldest = search::DayOf(feed_clock_.Oldest());
  const std::optional<search::Index::Place> place = index.Find(*id);
  if (!place || index.parts()[place->part].segment->day(place->doc) < options.oldest) {
    return absl::NotFoundError(*id + " is not in the window of the last seven days");
  }
  Payload payload;
  for (const search::Hit& hit : search::FindRelated(index, *place, options)) {
    v1::SearchResult rest;
    rest.set_score(ShownScore(hit));
    AppendResult(*EntryOf(index, hit), *view, rest, payload);
  }
  return payload;
}

absl::StatusOr<Payload> Feed::ListByRelevance(const v1::ListPapersRequest& request,
                                              v1::EntryView view, const Snapshot& snapshot) const {
  if (request.filter().include_words().empty()) {
    return Refuse("order", "RELEVANCE is relevance to words: filter.include_words is empty");
  }
  const search::Index& index = *snapshot.search();
  const uint64_t asked = HashOfAsked("relevance", request.filter());
  auto after = DecodeAfter(request.page_token(), snapshot, snapshots_, feed_clock_.Now(), asked);
  if (!after.ok()) return after.status();
  const absl::StatusOr<Filter> filter = FilterOf(request.filter(), snapshot, after->has_value());
  if (!filter.ok()) return filter.status();
  search::Options options;
  options.limit = static_cast<size_t>(
      request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage));
  options.oldest = search::DayOf(feed_clock_.Oldest());
  options.after = *std::move(after);
  options.any = true;
  options.keep = [&filter](const EntryPtr& entry) { return filter->Matches(*entry); };
  const search::Results results = search::Search(index, filter->words().query(), options);

  Payload payload;
  for (const search::Hit& hit : results.hits) EntryOf(index, hit)->AppendTo(payload, view);
  v1::ListPapersResponse rest;
  rest.set_total_size(static_cast<int>(results.total));
  if (results.more) {
    rest.set_next_page_token(
        EncodeAfter(snapshot.epoch(), AfterOf(index, results.hits.back()), asked));
  }
  payload.Append(rest.SerializeAsString());
  return payload;
}

}  // namespace paperwire::serve
