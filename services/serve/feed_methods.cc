#include "services/serve/feed_methods.h"

#include <type_traits>
#include <utility>

namespace paperwire::serve {
namespace {

absl::StatusOr<Payload> Serialized(absl::StatusOr<Payload> payload) { return payload; }

template <typename Response>
absl::StatusOr<Payload> Serialized(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return Payload(response->SerializeAsString());
}

absl::Status Late() {
  return absl::DeadlineExceededError("the deadline passed before the answer was made");
}

}  // namespace

template <typename Request, typename Response, typename Answer>
void FeedMethods::Add(std::string name, Answer answer) {
  UnaryMethod method{
      .name = name,
      .request = &Request::default_instance(),
      .response = &Response::default_instance(),
      .run = [answer = std::move(answer)](const google::protobuf::Message& request,
                                          const Caller& caller) -> absl::StatusOr<Payload> {
        if (caller.TimeIsUp()) return Late();
        auto answered = answer(static_cast<const Request&>(request));
        if (caller.TimeIsUp()) return Late();
        return Serialized(std::move(answered));
      }};
  methods_.emplace(std::move(name), std::move(method));
}

FeedMethods::FeedMethods(const Feed& feed) {
  Add<v1::ListPapersRequest, v1::ListPapersResponse>(
      "ListPapers", [&feed](const auto& request) { return feed.ListPapers(request); });
  Add<v1::GetPaperRequest, v1::GetPaperResponse>(
      "GetPaper", [&feed](const auto& request) { return feed.GetPaper(request); });
  Add<v1::BatchGetPapersRequest, v1::BatchGetPapersResponse>(
      "BatchGetPapers", [&feed](const auto& request) { return feed.BatchGetPapers(request); });
  Add<v1::SearchPapersRequest, v1::SearchPapersResponse>(
      "SearchPapers", [&feed](const auto& request) { return feed.SearchPapers(request); });
  Add<v1::RelatedPapersRequest, v1::RelatedPapersResponse>(
      "RelatedPapers", [&feed](const auto& request) { return feed.RelatedPapers(request); });
  Add<v1::ListTagsRequest, v1::ListTagsResponse>("ListTags",
                                                 [&feed](const auto&) { return feed.ListTags(); });
  Add<v1::GetStatusRequest, v1::GetStatusResponse>(
      "GetStatus", [&feed](const auto&) { return feed.GetStatus(); });
}

const UnaryMethod* FeedMethods::Find(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &found->second;
}

}  // namespace paperwire::serve
