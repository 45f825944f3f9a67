#include "services/serve/rpc_call.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/server_context.h"
#include "services/serve/error_details.h"
#include "services/serve/request_check.h"
#include "services/serve/unpacked.h"

namespace paperwire::serve {
namespace {

// Less than this is copied: a shared slice costs an allocation and a reference count.
constexpr size_t kSmall = 256;
constexpr size_t kWorthPacking = 1024;

// A stream that only ends.
class RefusedStream final : public RpcCalls::Stream {
 public:
  explicit RefusedStream(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::Status ToGrpc(const absl::Status& full) {
  if (full.ok()) return grpc::Status::OK;
  const absl::Status status = Bounded(full);
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
  const auto& metadata = context->client_metadata();
  const auto value = [&metadata](const char* name) {
    const auto found = metadata.find(name);
    return found == metadata.end() ? std::string_view()
                                   : std::string_view(found->second.data(), found->second.size());
  };
  const std::string request_id = gate_.RequestId(value("x-request-id"));
  context->AddInitialMetadata("x-request-id", request_id);
  return gate_.Admit({.peer = context->peer(),
                      .encrypted = options_.encrypted,
                      .authorization = value("authorization"),
                      .several_authorizations = metadata.count("authorization") > 1,
                      .request_id = request_id,
                      .deadline = absl::FromChrono(context->deadline())},
                     options_.scope);
}

absl::StatusOr<RpcCalls::Request> RpcCalls::Parse(const grpc::ByteBuffer& bytes,
                                                  const google::protobuf::Message& prototype) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Valid() || !bytes.Dump(&slices).ok()) return UnreadableRequest(prototype, "");
  // A request is small: a copy in one piece costs nothing that shows.
  std::string flat;
  flat.reserve(bytes.Length());
  for (const grpc::Slice& slice : slices) {
    flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  if (IsPacked(flat)) {
    absl::StatusOr<std::string> unpacked = Unpacked(flat, kMaxRequestBytes);
    if (!unpacked.ok()) return unpacked.status();
    flat = *std::move(unpacked);
  }
  Request request(prototype.New());
  if (!request->ParseFromString(flat)) return UnreadableRequest(prototype, flat);
  if (absl::Status checked = CheckEnums(*request); !checked.ok()) return checked;
  return request;
}

void RpcCalls::Finish(grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor,
                      grpc::ByteBuffer* answer, const absl::StatusOr<Payload>& payload,
                      const Caller& caller) {
  if (payload.ok()) {
    *answer = ToByteBuffer(*payload);
    const bool may_pack =
        options_.gzip == Gzip::kOn || (options_.gzip == Gzip::kRemote && !caller.local);
    if (may_pack && payload->size() >= kWorthPacking) {
      context->set_compression_level(GRPC_COMPRESS_LEVEL_LOW);
    }
  }
  Count(payload.status());
  TellAnswer(options_.face, caller, payload.status());
  reactor->Finish(ToGrpc(payload.status()));
}

grpc::ServerUnaryReactor* RpcCalls::Refuse(grpc::ServerUnaryReactor* reactor,
                                           const absl::Status& status) {
  Count(status);
  reactor->Finish(ToGrpc(status));
  return reactor;
}

grpc::ServerUnaryReactor* RpcCalls::Answer(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer,
    const google::protobuf::Message& request,
    const std::function<absl::StatusOr<Payload>(const google::protobuf::Message&, const Caller&)>&
        handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::StatusOr<Caller> caller = Admit(context);
  if (!caller.ok()) return Refuse(reactor, caller.status());
  const absl::StatusOr<Request> parsed = Parse(*bytes, request);
  Finish(context, reactor, answer, parsed.ok() ? handler(**parsed, *caller) : parsed.status(),
         *caller);
  return reactor;
}

grpc::ServerUnaryReactor* RpcCalls::AnswerLater(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer,
    const google::protobuf::Message& request,
    const std::function<void(Request request, const Caller&, Done done)>& handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::StatusOr<Caller> caller = Admit(context);
  if (!caller.ok()) return Refuse(reactor, caller.status());
  const Done done = [this, context, reactor, answer,
                     caller = *caller](const absl::StatusOr<Payload>& payload) {
    Finish(context, reactor, answer, payload, caller);
  };
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
  absl::StatusOr<Caller> caller = Admit(context);
  if (!caller.ok()) return refuse(caller.status());
  const absl::StatusOr<Request> parsed = Parse(*bytes, request);
  if (!parsed.ok()) return refuse(parsed.status());
  const absl::StatusOr<Stream*> stream = open(**parsed, *caller);
  if (!stream.ok()) return refuse(stream.status());
  return *stream;
}

}  // namespace paperwire::serve
