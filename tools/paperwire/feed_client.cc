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

FeedClient::FeedClient(const ServerSettings& settings, const clock::Clock& clock)
    : core_(std::make_unique<Core>(settings.server, settings.deadline, clock)) {}
FeedClient::~FeedClient() = default;

absl::StatusOr<v1::ListPapersResponse> FeedClient::ListPapers(
    const v1::ListPapersRequest& request) {
  return core_->Ask<v1::ListPapersResponse>([&request](v1::FeedService::Stub& stub,
                                                       grpc::ClientContext& context,
                                                       v1::ListPapersResponse& response) {
    return stub.ListPapers(&context, request, &response);
  });
}

absl::StatusOr<v1::GetPaperResponse> FeedClient::GetPaper(const v1::GetPaperRequest& request) {
  return core_->Ask<v1::GetPaperResponse>([&request](v1::FeedService::Stub& stub,
                                                     grpc::ClientContext& context,
                                                     v1::GetPaperResponse& response) {
    return stub.GetPaper(&context, request, &response);
  });
}

absl::StatusOr<v1::ListTagsResponse> FeedClient::ListTags() {
  return core_->Ask<v1::ListTagsResponse>([](v1::FeedService::Stub& stub,
                                             grpc::ClientContext& context,
                                             v1::ListTagsResponse& response) {
    return stub.ListTags(&context, v1::ListTagsRequest(), &response);
  });
}

absl::StatusOr<v1::GetStatusResponse> FeedClient::GetStatus() {
  return core_->Ask<v1::GetStatusResponse>([](v1::FeedService::Stub& stub,
                                              grpc::ClientContext& context,
                                              v1::GetStatusResponse& response) {
    return stub.GetStatus(&context, v1::GetStatusRequest(), &response);
  });
}

}  // namespace paperwire::cli
