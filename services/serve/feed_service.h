#pragma once

#include "paperwire/v1/feed_service.grpc.pb.h"
#include "services/serve/feed_methods.h"
#include "services/serve/requests.h"
#include "services/serve/rpc_call.h"
#include "services/serve/watch/service.h"

namespace paperwire::serve {

// All methods take and give bytes, so that answers are made of what the snapshot holds serialized.
using RawFeedService = v1::FeedService::WithRawCallbackMethod_ListPapers<
    v1::FeedService::WithRawCallbackMethod_GetPaper<
        v1::FeedService::WithRawCallbackMethod_BatchGetPapers<
            v1::FeedService::WithRawCallbackMethod_SearchPapers<
                v1::FeedService::WithRawCallbackMethod_RelatedPapers<
                    v1::FeedService::WithRawCallbackMethod_ListTags<
                        v1::FeedService::WithRawCallbackMethod_GetStatus<
                            v1::FeedService::WithRawCallbackMethod_WatchPapers<
                                v1::FeedService::WithRawCallbackMethod_WatchStatus<
                                    v1::FeedService::Service>>>>>>>>>;

// FeedMethods and the streams over gRPC. What this version does not have answers UNIMPLEMENTED and
// says what is missing. Thread-safe.
class FeedService final : public RawFeedService {
 public:
  // All must outlive it. Without `watches` there are no streams.
  FeedService(const FeedMethods& methods, Gate& gate, RequestCounter& requests,
              watch::Service* watches = nullptr, RpcCalls::Options options = {})
      : methods_(methods), watches_(watches), calls_(gate, requests, options) {}

  grpc::ServerUnaryReactor* ListPapers(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetPaper(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetPapers(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SearchPapers(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RelatedPapers(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListTags(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  RpcCalls::Stream* WatchPapers(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request) override;
  RpcCalls::Stream* WatchStatus(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request) override;

 private:
  grpc::ServerUnaryReactor* Answer(const char* method, grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

  const FeedMethods& methods_;
  watch::Service* const watches_;
  RpcCalls calls_;
};

}  // namespace paperwire::serve
