#include "services/serve/feed_service.h"

namespace paperwire::serve {
namespace {

absl::Status NoStreams() {
  return absl::UnimplementedError("nothing is streamed here; ask ListPapers and GetStatus again");
}

}  // namespace

grpc::ServerUnaryReactor* FeedService::Answer(const char* method,
                                              grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  const UnaryMethod& found = *methods_.Find(method);
  return calls_.Answer(context, request, response, *found.request, found.run);
}

grpc::ServerUnaryReactor* FeedService::ListPapers(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return Answer("ListPapers", context, request, response);
}

grpc::ServerUnaryReactor* FeedService::GetPaper(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  return Answer("GetPaper", context, request, response);
}

grpc::ServerUnaryReactor* FeedService::BatchGetPapers(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Answer("BatchGetPapers", context, request, response);
}

grpc::ServerUnaryReactor* FeedService::SearchPapers(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request,
                                                    grpc::ByteBuffer* response) {
  return Answer("SearchPapers", context, request, response);
}

grpc::ServerUnaryReactor* FeedService::RelatedPapers(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Answer("RelatedPapers", context, request, response);
}

grpc::ServerUnaryReactor* FeedService::ListTags(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  return Answer("ListTags", context, request, response);
}

grpc::ServerUnaryReactor* FeedService::GetStatus(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return Answer("GetStatus", context, request, response);
}

RpcCalls::Stream* FeedService::WatchPapers(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request) {
  return calls_.Open(context, request, v1::WatchPapersRequest::default_instance(),
                     [&](const google::protobuf::Message& parsed,
                         const Caller& caller) -> absl::StatusOr<RpcCalls::Stream*> {
                       if (watches_ == nullptr) return NoStreams();
                       return watches_->WatchPapers(
                           context, static_cast<const v1::WatchPapersRequest&>(parsed), caller,
                           [this](const absl::Status& status) { calls_.Count(status); });
                     });
}

RpcCalls::Stream* FeedService::WatchStatus(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request) {
  return calls_.Open(context, request, v1::WatchStatusRequest::default_instance(),
                     [&](const google::protobuf::Message&,
                         const Caller& caller) -> absl::StatusOr<RpcCalls::Stream*> {
                       if (watches_ == nullptr) return NoStreams();
                       return watches_->WatchStatus(
                           context, caller,
                           [this](const absl::Status& status) { calls_.Count(status); });
                     });
}

}  // namespace paperwire::serve
