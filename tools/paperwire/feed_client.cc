#include "tools/paperwire/feed_client.h"

#include "paperwire/v1/feed_service.grpc.pb.h"
#include "tools/paperwire/asker.h"

namespace paperwire::cli {

void ServerSettings::DeclareAddress(config::Settings& settings) {
  settings.Text(&server, "server",
                "gRPC address of the feed; several, by commas: the next one when one fails.");
}

void ServerSettings::Declare(config::Settings& settings) {
  DeclareAddress(settings);
  settings.Duration(&deadline, "deadline", "How long to wait for an answer.",
                    std::chrono::milliseconds(10), std::chrono::minutes(10));
}

class FeedClient::Core : public Asker<v1::FeedService> {
 public:
  using Asker::Asker;
};

FeedClient::FeedClient(const ServerSettings& settings)
    : core_(std::make_unique<Core>(settings.server, settings.deadline)) {}
FeedClient::~FeedClient() = default;

absl::StatusOr<v1::ListPapersResponse> FeedClient::ListPapers(
    const v1::ListPapersRequest& request) {
  return core_->Ask(request, &v1::FeedService::Stub::ListPapers);
}

absl::StatusOr<v1::GetPaperResponse> FeedClient::GetPaper(const v1::GetPaperRequest& request) {
  return core_->Ask(request, &v1::FeedService::Stub::GetPaper);
}

absl::StatusOr<v1::SearchPapersResponse> FeedClient::SearchPapers(
    const v1::SearchPapersRequest& request) {
  return core_->Ask(request, &v1::FeedService::Stub::SearchPapers);
}

absl::StatusOr<v1::RelatedPapersResponse> FeedClient::RelatedPapers(
    const v1::RelatedPapersRequest& request) {
  return core_->Ask(request, &v1::FeedService::Stub::RelatedPapers);
}

absl::StatusOr<v1::ListTagsResponse> FeedClient::ListTags() {
  return core_->Ask(v1::ListTagsRequest(), &v1::FeedService::Stub::ListTags);
}

absl::StatusOr<v1::GetStatusResponse> FeedClient::GetStatus() {
  return core_->Ask(v1::GetStatusRequest(), &v1::FeedService::Stub::GetStatus);
}

}  // namespace paperwire::cli
