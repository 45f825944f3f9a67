#include "services/serve/feed_service.h"

#include <string>
#include <utility>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace paperwire::serve {
namespace {

// google.rpc's messages are not installed with gRPC; these two are small enough to write by hand.
void AddBytes(std::string& message, uint32_t field, std::string_view bytes) {
  google::protobuf::io::StringOutputStream stream(&message);
  google::protobuf::io::CodedOutputStream coded(&stream);
  constexpr uint32_t kLengthDelimited = 2;
  coded.WriteTag(field << 3 | kLengthDelimited);
  coded.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  coded.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
}

void AddNumber(std::string& message, uint32_t field, uint32_t number) {
  google::protobuf::io::StringOutputStream stream(&message);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.WriteTag(field << 3);
  coded.WriteVarint32(number);
}

// A stream that only ends.
template <typename Response>
class RefusedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit RefusedStream(const absl::Status& status) { this->Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

std::string BadRequestDetails(const absl::Status& status) {
  const std::string message(status.message());
  const size_t colon = message.find(": ");
  if (!absl::IsInvalidArgument(status) || colon == std::string::npos) return "";
  std::string violation;
  AddBytes(violation, 1, message.substr(0, colon));
  AddBytes(violation, 2, message.substr(colon + 2));
  std::string bad_request;
  AddBytes(bad_request, 1, violation);
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/google.rpc.BadRequest");
  any.set_value(bad_request);
  std::string details;
  AddNumber(details, 1, static_cast<uint32_t>(status.code()));
  AddBytes(details, 2, message);
  AddBytes(details, 3, any.SerializeAsString());
  return details;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          BadRequestDetails(status)};
}

grpc::ServerUnaryReactor* FeedService::Answer(grpc::CallbackServerContext* context,
                                              const absl::Status& status) {
  requests_.Count("grpc", absl::StatusCodeToString(status.code()));
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(status));
  return reactor;
}

grpc::ServerUnaryReactor* FeedService::ListPapers(grpc::CallbackServerContext* context,
                                                  const v1::ListPapersRequest* request,
                                                  v1::ListPapersResponse* response) {
  auto answer = feed_.ListPapers(*request);
  if (answer.ok()) *response = std::move(*answer);
  return Answer(context, answer.status());
}

grpc::ServerUnaryReactor* FeedService::GetPaper(grpc::CallbackServerContext* context,
                                                const v1::GetPaperRequest* request,
                                                v1::GetPaperResponse* response) {
  auto answer = feed_.GetPaper(*request);
  if (answer.ok()) *response = std::move(*answer);
  return Answer(context, answer.status());
}

grpc::ServerUnaryReactor* FeedService::BatchGetPapers(grpc::CallbackServerContext* context,
                                                      const v1::BatchGetPapersRequest* request,
                                                      v1::BatchGetPapersResponse* response) {
  auto answer = feed_.BatchGetPapers(*request);
  if (answer.ok()) *response = std::move(*answer);
  return Answer(context, answer.status());
}

grpc::ServerUnaryReactor* FeedService::ListTags(grpc::CallbackServerContext* context,
                                                const v1::ListTagsRequest* /*request*/,
                                                v1::ListTagsResponse* response) {
  auto answer = feed_.ListTags();
  if (answer.ok()) *response = std::move(*answer);
  return Answer(context, answer.status());
}

grpc::ServerUnaryReactor* FeedService::GetStatus(grpc::CallbackServerContext* context,
                                                 const v1::GetStatusRequest* /*request*/,
                                                 v1::GetStatusResponse* response) {
  auto answer = feed_.GetStatus();
  if (answer.ok()) *response = std::move(*answer);
  return Answer(context, answer.status());
}

grpc::ServerUnaryReactor* FeedService::SearchPapers(grpc::CallbackServerContext* context,
                                                    const v1::SearchPapersRequest* /*request*/,
                                                    v1::SearchPapersResponse* /*response*/) {
  return Answer(context, absl::UnimplementedError("this version has no search yet; ListPapers "
                                                  "filters by words, tags and dates"));
}

grpc::ServerUnaryReactor* FeedService::RelatedPapers(grpc::CallbackServerContext* context,
                                                     const v1::RelatedPapersRequest* /*request*/,
                                                     v1::RelatedPapersResponse* /*response*/) {
  return Answer(context, absl::UnimplementedError("this version finds no related papers yet"));
}

grpc::ServerWriteReactor<v1::WatchPapersResponse>* FeedService::WatchPapers(
    grpc::CallbackServerContext* /*context*/, const v1::WatchPapersRequest* /*request*/) {
  const absl::Status status =
      absl::UnimplementedError("this version streams nothing yet; ask ListPapers again");
  requests_.Count("grpc", absl::StatusCodeToString(status.code()));
  return new RefusedStream<v1::WatchPapersResponse>(status);
}

grpc::ServerWriteReactor<v1::WatchStatusResponse>* FeedService::WatchStatus(
    grpc::CallbackServerContext* /*context*/, const v1::WatchStatusRequest* /*request*/) {
  const absl::Status status =
      absl::UnimplementedError("this version streams nothing yet; ask GetStatus again");
  requests_.Count("grpc", absl::StatusCodeToString(status.code()));
  return new RefusedStream<v1::WatchStatusResponse>(status);
}

}  // namespace paperwire::serve
