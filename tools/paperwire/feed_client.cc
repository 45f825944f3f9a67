#include "tools/paperwire/feed_client.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "paperwire/v1/feed_service.grpc.pb.h"

namespace paperwire::cli {

void ServerSettings::Declare(config::Settings& settings) {
  settings.Text(&server, "server", "gRPC address of the feed.");
  settings.Duration(&deadline, "deadline", "How long to wait for an answer.",
                    std::chrono::milliseconds(10), std::chrono::minutes(10));
}

class FeedClient::Core {
 public:
  Core(const ServerSettings& settings, const clock::Clock& clock)
      : settings_(settings), clock_(clock) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetMaxReceiveMessageSize(64 << 20);
    stub_ = v1::FeedService::NewStub(
        grpc::CreateCustomChannel(settings_.server, grpc::InsecureChannelCredentials(), arguments));
  }

  template <typename Response, typename Call>
  absl::StatusOr<Response> Ask(const Call& call) {
    grpc::ClientContext context;
    context.set_deadline(clock_.Now() + settings_.deadline);
    Response response;
    const grpc::Status status = call(*stub_, context, response);
    if (status.ok()) {
      return response;
    }
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    if (code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded) {
      return absl::Status(code,
                          "no answer from " + settings_.server + ": " + status.error_message());
    }
    return absl::Status(code, status.error_message());
  }

 private:
  const ServerSettings settings_;
  const clock::Clock& clock_;
  std::unique_ptr<v1::FeedService::Stub> stub_;
};

FeedClient::FeedClient(const ServerSettings& settings, const clock::Clock& clock)
    : core_(std::make_unique<Core>(settings, clock)) {}
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

absl::StatusOr<v1::GetStatusResponse> FeedClient::GetStatus() {
  return core_->Ask<v1::GetStatusResponse>([](v1::FeedService::Stub& stub,
                                              grpc::ClientContext& context,
                                              v1::GetStatusResponse& response) {
    return stub.GetStatus(&context, v1::GetStatusRequest(), &response);
  });
}

}  // namespace paperwire::cli
