#include "services/serve/rpc_call.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "fmt/format.h"
#include "grpcpp/impl/codegen/proto_buffer_reader.h"
#include "grpcpp/server_context.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {
namespace {

// Less than this is copied: a shared slice costs an allocation and a reference count.
constexpr size_t kSmall = 256;

// A stream that only ends.
class RefusedStream final : public RpcCalls::Stream {
 public:
  explicit RefusedStream(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
          SerializedDetails(status)};
}

grpc::ByteBuffer ToByteBuffer(const Payload& payload) {
  std::vector<grpc::Slice> slices;
  std::string small;
  const auto flush = [&] {
    if (small.empty()) return;
    slices.emplace_back(small);
    small.clear();
  };
  for (const Payload::Piece& piece : payload.pieces()) {
    if (piece.bytes.size() < kSmall) {
      small.append(piece.bytes);
      continue;
    }
    flush();
    // gRPC only reads it, and lets go of the owner when it is sent.
    auto owner = std::make_unique<std::shared_ptr<const void>>(piece.owner);
    slices.emplace_back(
        const_cast<char*>(piece.bytes.data()), piece.bytes.size(),
        [](void* held) { delete static_cast<std::shared_ptr<const void>*>(held); },
        owner.release());
  }
  flush();
  return {slices.data(), slices.size()};
}

absl::StatusOr<Caller> RpcCalls::Admit(grpc::CallbackServerContext* context) const {
  Caller caller{
      .key = context->peer(), .request_id = "", .deadline = absl::FromChrono(context->deadline())};
  return caller;
}

absl::StatusOr<RpcCalls::Request> RpcCalls::Parse(const grpc::ByteBuffer& bytes,
                                                  const google::protobuf::Message& prototype) {
  Request request(prototype.New());
  grpc::ByteBuffer copy(bytes);
  grpc::ProtoBufferReader reader(&copy);
  if (reader.status().ok() && request->ParseFromZeroCopyStream(&reader)) return request;
  return absl::InvalidArgumentError(
      fmt::format("request: not a {}, or its text is not UTF-8", prototype.GetTypeName()));
}

grpc::ServerUnaryReactor* RpcCalls::Answer(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer,
    const google::protobuf::Message& request,
    const std::function<absl::StatusOr<Payload>(const google::protobuf::Message&, const Caller&)>&
        handler) {
  return AnswerLater(context, bytes, answer, request,
                     [&handler](Request parsed, const Caller& caller, const Done& done) {
                       done(handler(*parsed, caller));
                     });
}

grpc::ServerUnaryReactor* RpcCalls::AnswerLater(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer,
    const google::protobuf::Message& request,
    const std::function<void(Request request, const Caller&, Done done)>& handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Done done = [this, reactor, answer](const absl::StatusOr<Payload>& payload) {
    if (payload.ok()) *answer = ToByteBuffer(*payload);
    Count(payload.status());
    reactor->Finish(ToGrpc(payload.status()));
  };
  const absl::StatusOr<Caller> caller = Admit(context);
  if (!caller.ok()) {
    done(caller.status());
    return reactor;
  }
  absl::StatusOr<Request> parsed = Parse(*bytes, request);
  if (!parsed.ok()) {
    done(parsed.status());
    return reactor;
  }
  handler(*std::move(parsed), *caller, done);
  return reactor;
}

RpcCalls::Stream* RpcCalls::Open(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
    const google::protobuf::Message& request,
    const std::function<absl::StatusOr<Stream*>(const google::protobuf::Message&, const Caller&)>&
        open) {
  const auto refuse = [this](const absl::Status& status) {
    Count(status);
    return new RefusedStream(status);
  };
  const absl::StatusOr<Caller> caller = Admit(context);
  if (!caller.ok()) return refuse(caller.status());
  const absl::StatusOr<Request> parsed = Parse(*bytes, request);
  if (!parsed.ok()) return refuse(parsed.status());
  const absl::StatusOr<Stream*> stream = open(**parsed, *caller);
  if (!stream.ok()) return refuse(stream.status());
  return *stream;
}

}  // namespace paperwire::serve
