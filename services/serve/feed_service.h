#pragma once

#include "paperwire/v1/feed_service.grpc.pb.h"
#include "services/serve/feed.h"
#include "services/serve/requests.h"

namespace paperwire::serve {

// Feed over gRPC. What this version does not have answers UNIMPLEMENTED and says what is missing.
// Thread-safe.
class FeedService final : public v1::FeedService::CallbackService {
 public:
  // Both must outlive it.
  FeedService(const Feed& feed, RequestCounter& requests) : feed_(feed), requests_(requests) {}

  grpc::ServerUnaryReactor* ListPapers(grpc::CallbackServerContext* context,
                                       const v1::ListPapersRequest* request,
                                       v1::ListPapersResponse* response) override;
  grpc::ServerUnaryReactor* GetPaper(grpc::CallbackServerContext* context,
                                     const v1::GetPaperRequest* request,
                                     v1::GetPaperResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetPapers(grpc::CallbackServerContext* context,
                                           const v1::BatchGetPapersRequest* request,
                                           v1::BatchGetPapersResponse* response) override;
  grpc::ServerUnaryReactor* SearchPapers(grpc::CallbackServerContext* context,
                                         const v1::SearchPapersRequest* request,
                                         v1::SearchPapersResponse* response) override;
  grpc::ServerUnaryReactor* RelatedPapers(grpc::CallbackServerContext* context,
                                          const v1::RelatedPapersRequest* request,
                                          v1::RelatedPapersResponse* response) override;
  grpc::ServerUnaryReactor* ListTags(grpc::CallbackServerContext* context,
                                     const v1::ListTagsRequest* request,
                                     v1::ListTagsResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchPapersResponse>* WatchPapers(
      grpc::CallbackServerContext* context, const v1::WatchPapersRequest* request) override;
  grpc::ServerWriteReactor<v1::WatchStatusResponse>* WatchStatus(
      grpc::CallbackServerContext* context, const v1::WatchStatusRequest* request) override;

 private:
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext* context,
                                   const absl::Status& status);

  const Feed& feed_;
  RequestCounter& requests_;
};

// What gRPC is told of `status`; an InvalidArgument with its BadRequestDetails.
grpc::Status ToGrpc(const absl::Status& status);

// For an InvalidArgument whose message begins with "field: ", a serialized google.rpc.Status with
// a BadRequest detail that names the field; empty for any other.
std::string BadRequestDetails(const absl::Status& status);

}  // namespace paperwire::serve
