#include "services/serve/site.h"

#include <charconv>

#include "absl/strings/match.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/arxiv_id.h"
#include "libs/paper/text.h"
#include "services/serve/assets.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"

namespace paperwire::serve {
namespace {

// Day, tag and page together name a few hundred lists; more are not kept.
constexpr size_t kMostCached = 256;
constexpr size_t kLongestWord = 200;
constexpr char kHtml[] = "text/html; charset=utf-8";

http::Response WithBody(int status, const char* type, std::shared_ptr<const std::string> body) {
  http::Response response;
  response.status = status;
  response.content_type = type;
  response.body = std::move(body);
  return response;
}

http::Response Html(int status, std::string html) {
  http::Response response =
      WithBody(status, kHtml, std::make_shared<const std::string>(std::move(html)));
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

std::string_view HeaderOf(const http::Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : found->second;
}

// `address` is one of ours.
http::Response MovedTo(int status, const std::string& address) {
  http::Response response =
      WithBody(status, "text/plain; charset=utf-8",
               std::make_shared<const std::string>("This page is now at " + address + "\n"));
  response.headers.emplace_back("Location", address);
  response.headers.emplace_back("Cache-Control",
                                status == 301 ? "public, max-age=86400" : "no-cache");
  return response;
}

// 0: not a page number.
uint32_t PageOf(const http::Request& request) {
  const std::string_view text = request.Parameter("page");
  if (text.empty()) return 1;
  uint32_t page = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
  constexpr uint32_t kMostPages = 10000;
  if (error != std::errc() || end != text.data() + text.size() || page > kMostPages) return 0;
  return page;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> SecurityHeaders() {
  return {{"Content-Security-Policy",
           "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
           "form-action 'self'; frame-ancestors 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "strict-origin-when-cross-origin"},
          {"Cross-Origin-Opener-Policy", "same-origin"},
          {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"}};
}

Site::Site(const Feed& feed, const SnapshotHolder& snapshots, const StatusHolder& statuses,
           const FeedClock& feed_clock, RequestCounter& requests,
           const tags::TagCatalogue& catalogue)
    : feed_(feed),
      snapshots_(snapshots),
      statuses_(statuses),
      feed_clock_(feed_clock),
      requests_(requests),
      catalogue_(catalogue),
      pages_(catalogue) {}

http::Response Site::Answer(const http::Request& request) {
  http::Response response = Route(request);
  requests_.Count("http", std::to_string(response.status));
  return response;
}

http::Response Site::ErrorPage(int status, std::string_view reason) const {
  struct Words {
    int status;
    const char* heading;
    const char* text;
  };
  constexpr Words kWords[] = {
      {400, "That request makes no sense", "The server could not read what was asked for."},
      {401, "A token is needed", "These pages are for those who have a token."},
      {403, "Not for this token", "That token is good for something else."},
      {404, "Nothing here", "This page does not exist, or its paper has left the seven days."},
      {405, "Only for reading", "These pages can be read, not written to."},
      {408, "Too slow", "The request did not arrive in time."},
      {413, "Too much", "The request is larger than this server accepts."},
      {429, "Too many requests", "Ask more slowly."},
      {431, "Too many headers", "The request's headers are larger than this server accepts."},
      {500, "That went wrong", "The fault is on this side. Trying again may help."},
      {503, "Not ready yet", "The cards are being loaded. Try again in a moment."}};
  const Words* words = &kWords[9];
  for (const Words& known : kWords) {
    if (known.status == status) words = &known;
  }
  const std::string text = reason.empty() ? words->text
                                          : fmt::format("{} {}{}", words->text, reason,
                                                        reason.ends_with('?') ? "" : ".");
  http::Response response = Html(status, pages_.Message(status, words->heading, text));
  if (status == 405) response.headers.emplace_back("Allow", "GET, HEAD");
  if (status == 503) response.headers.emplace_back("Retry-After", "5");
  return response;
}

http::Response Site::Route(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return ErrorPage(405, "");
  if (request.path == "/style.css" || request.path == "/favicon.svg") return AssetAt(request);
  if (request.path == "/about") return Html(200, pages_.About(statuses_.Get().get()));
  if (request.path == "/api/v1/status") return StatusJson();
  return Live(request);
}

http::Response Site::Live(const http::Request& request) {
  const std::string& path = request.path;
  const bool known = path == "/" || path == "/status" || absl::StartsWith(path, "/d/") ||
                     absl::StartsWith(path, "/t/") || absl::StartsWith(path, "/p/");
  if (!known) return ErrorPage(404, "");
  const SnapshotPtr snapshot = snapshots_.Get();
  const StatusPtr status = statuses_.Get();
  if (snapshot == nullptr || status == nullptr) return ErrorPage(503, "");

  const PageFacts facts{.snapshot = *snapshot, .status = *status, .oldest = feed_clock_.Oldest()};
  {
    const std::lock_guard lock(mutex_);
    if (cached_snapshot_ != snapshot || cached_status_ != status ||
        cached_oldest_ != facts.oldest) {
      cache_.clear();
      cached_snapshot_ = snapshot;
      cached_status_ = status;
      cached_oldest_ = facts.oldest;
    }
  }
  if (path == "/status") {
    return Cached(request, facts, path, [&] { return pages_.Status(facts); });
  }
  if (absl::StartsWith(path, "/p/")) return PaperPage(facts, path.substr(3));
  ListQuery query;
  if (path == "/") {
    const auto front = snapshot->From(facts.oldest);
    query.home = true;
    query.date = front.empty() ? feed_clock_.Today() : front.front().announced();
  } else if (absl::StartsWith(path, "/d/")) {
    query.date = path.substr(3);
    if (!calendar::ParseDate(query.date) || query.date < facts.oldest ||
        !snapshot->dates().contains(query.date)) {
      return ErrorPage(404, "");
    }
    query.tag = paper::CleanLine(request.Parameter("tag"));
  } else {
    query.tag = paper::CleanLine(path.substr(3));
    if (query.tag.empty()) return ErrorPage(404, "");
  }
  query.page = PageOf(request);
  if (!query.home) {
    const std::string_view keyword = request.Parameter("keyword");
    query.category = paper::CleanLine(request.Parameter("category"));
    query.keyword = paper::CleanLine(keyword);
    if (query.category.size() > kLongestWord || query.keyword.size() > kLongestWord) {
      return ErrorPage(400, "A word is too long");
    }
    if (!keyword.empty() && FoldKeyword(query.keyword).empty()) {
      return ErrorPage(400, "A keyword must hold a word");
    }
  }
  if (query.tag.empty()) return ListPage(request, facts, std::move(query));
  return TaggedList(request, facts, std::move(query));
}

http::Response Site::TaggedList(const http::Request& request, const PageFacts& facts,
                                ListQuery query) {
  const auto standing = catalogue_.Read(query.tag);
  if (standing.ok() && standing->slug != query.tag) {
    if (query.page == 0) return ErrorPage(404, "");
    // A slug is for ever; what else a tag is called may come to mean another.
    const bool retired = catalogue_.Resolve(query.tag).slug == standing->slug;
    query.tag = std::string(standing->slug);
    return MovedTo(retired ? 301 : 302, UrlOf(query, query.page));
  }
  // A tag of a later version is known by the cards that carry it.
  if (!standing.ok() && facts.snapshot.OfTag(query.tag).empty()) {
    std::string reason(standing.status().message());
    reason.front() = 'U';
    return ErrorPage(404, reason);
  }
  return ListPage(request, facts, std::move(query));
}

http::Response Site::ListPage(const http::Request& request, const PageFacts& facts,
                              ListQuery query) {
  // Before anything is made: a page number that leads past the end is no page.
  if (query.page == 0) return ErrorPage(404, "");
  if (query.page > 1 && (query.page - 1) * kCardsOnAPage >= Select(facts, query).size()) {
    return ErrorPage(404, "");
  }
  // Words are endless: lists by them are made anew.
  if (!IsWhole(query)) return Html(200, pages_.List(facts, query));
  const std::string key = fmt::format("{}|{}|{}|{}", query.home, query.date, query.tag, query.page);
  return Cached(request, facts, key, [&] { return pages_.List(facts, query); });
}

http::Response Site::Cached(const http::Request& request, const PageFacts& facts,
                            const std::string& key, const std::function<std::string()>& make) {
  // Kept while it is made, so that a page is made once however many ask for it.
  Made made;
  {
    const std::lock_guard lock(mutex_);
    // Another thread may have moved on to a newer snapshot since.
    const bool same_facts = cached_snapshot_.get() == &facts.snapshot &&
                            cached_status_.get() == &facts.status && cached_oldest_ == facts.oldest;
    const auto found = same_facts ? cache_.find(key) : cache_.end();
    if (found != cache_.end()) {
      made = found->second;
    } else {
      made.html = std::make_shared<const std::string>(make());
      made.etag = fmt::format("\"{:016x}\"", HashOf(*made.html));
      if (same_facts && cache_.size() < kMostCached) cache_.emplace(key, made);
    }
  }
  const bool same = HeaderOf(request, "if-none-match") == made.etag;
  http::Response response =
      WithBody(same ? 304 : 200, kHtml, same ? std::make_shared<const std::string>() : made.html);
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("ETag", made.etag);
  return response;
}

http::Response Site::PaperPage(const PageFacts& facts, const std::string& id_text) const {
  const auto id = paper::ParseArxivId(id_text);
  if (!id.ok()) return ErrorPage(404, "");
  const EntryPtr entry = facts.snapshot.Find(id->base);
  if (entry == nullptr || entry->announced() < facts.oldest) return ErrorPage(404, "");
  return Html(200, pages_.Paper(facts, entry->Message()));
}

http::Response Site::StatusJson() const {
  const auto status = feed_.GetStatus();
  http::Response response;
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (status.ok() && google::protobuf::util::MessageToJsonString(*status, &json, options).ok()) {
    response = WithBody(200, "application/json", std::make_shared<const std::string>(json));
  } else {
    response = WithBody(503, "application/json",
                        std::make_shared<const std::string>(
                            R"({"code":"unavailable","message":"no snapshot is loaded yet"})"));
    response.headers.emplace_back("Retry-After", "5");
  }
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

http::Response Site::AssetAt(const http::Request& request) const {
  const bool style = request.path == "/style.css";
  static const auto kStyle = std::make_shared<const std::string>(FindAsset("style.css"));
  static const auto kIcon = std::make_shared<const std::string>(FindAsset("favicon.svg"));
  http::Response response =
      WithBody(200, style ? "text/css; charset=utf-8" : "image/svg+xml", style ? kStyle : kIcon);
  const bool hashed = style && request.Parameter("v") == pages_.style_hash();
  response.headers.emplace_back(
      "Cache-Control", hashed ? "public, max-age=31536000, immutable" : "public, max-age=3600");
  return response;
}

}  // namespace paperwire::serve
