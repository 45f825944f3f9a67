#include "tools/paperwire/feed_client.h"

#include "paperwire/v1/feed_service.grpc.pb.h"
#include "tools/paperwire/asker.h"
#include "tools/paperwire/feed_stream.h"

namespace paperwire::cli {

void ServerSettings::DeclareAddress(config::Settings& settings) {
  settings.Text(&server, "server",
                "gRPC address of the feed; several, by commas: the next one when one fails.");
  connection.Declare(settings);
}

void ServerSettings::Declare(config::Settings& settings) {
  DeclareAddress(settings);
  settings.Duration(&deadline, "deadline", "How long to wait for an answer.",
                    std::chrono::milliseconds(10), std::chrono::minutes(10));
}

class FeedClient::Core : public Asker<v1::FeedService> {
 public:
  using Asker::Asker;

  template <typename Response, typename Request>
  absl::Status Watch(const Request& request, int tries,
                     std::unique_ptr<grpc::ClientAsyncReader<Response>> (Stub::*method)(
                         grpc::ClientContext*, const Request&, grpc::CompletionQueue*, void*),
                     const typename FeedStream<Response>::Take& take,
                     const typename FeedStream<Response>::Idle& idle,
                     std::chrono::milliseconds silence, std::stop_token stop) {
    if (!connection().ok()) return connection().status();
    const auto& channels = connection()->channels();
    const auto stub =
        v1::FeedService::NewStub(channels[static_cast<size_t>(tries) % channels.size()]);
    return FeedStream<Response>::Read(
        [&](grpc::ClientContext* context, grpc::CompletionQueue* queue, void* tag) {
          return (stub.get()->*method)(context, request, queue, tag);
        },
        [this](grpc::ClientContext& context) { return connection()->Authorize(context); }, take,
        idle, silence, std::move(stop));
  }
};

FeedClient::FeedClient(const ServerSettings& settings)
    : core_(std::make_unique<Core>(settings.server, settings.connection, settings.deadline)) {}
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

absl::Status FeedClient::WatchPapers(
    const v1::WatchPapersRequest& request, int tries,
    const std::function<absl::Status(const v1::WatchPapersResponse&)>& take,
    const std::function<void()>& idle, std::chrono::milliseconds silence, std::stop_token stop) {
  return core_->Watch(request, tries, &v1::FeedService::Stub::AsyncWatchPapers, take, idle, silence,
                      std::move(stop));
}

absl::Status FeedClient::WatchStatus(
    int tries, const std::function<absl::Status(const v1::WatchStatusResponse&)>& take,
    const std::function<void()>& idle, std::chrono::milliseconds silence, std::stop_token stop) {
  return core_->Watch(v1::WatchStatusRequest(), tries, &v1::FeedService::Stub::AsyncWatchStatus,
                      take, idle, silence, std::move(stop));
}

absl::Status FeedClient::status() const { return core_->connection().status(); }

}  // namespace paperwire::cli
