#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "services/serve/caller.h"
#include "services/serve/payload.h"
#include "services/serve/requests.h"

namespace paperwire::serve {

// What gRPC is told of `status`, with its details.
grpc::Status ToGrpc(const absl::Status& status);

// The bytes shared, not copied (small ones are copied: that is cheaper).
grpc::ByteBuffer ToByteBuffer(const Payload& payload);

// What every call of one gRPC service goes through: the caller is admitted, the request parsed, a
// handler asked, the answer sent and counted. A request that does not parse is INVALID_ARGUMENT.
// Thread-safe.
class RpcCalls {
 public:
  using Stream = grpc::ServerWriteReactor<grpc::ByteBuffer>;
  using Request = std::unique_ptr<google::protobuf::Message>;
  using Done = std::function<void(absl::StatusOr<Payload>)>;

  // `face` is what answers are counted under. `requests` must outlive it.
  RpcCalls(RequestCounter& requests, const char* face) : requests_(requests), face_(face) {}

  // For quick handlers: asked on gRPC's thread.
  grpc::ServerUnaryReactor* Answer(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer,
      const google::protobuf::Message& request,
      const std::function<absl::StatusOr<Payload>(const google::protobuf::Message&, const Caller&)>&
          handler);

  // For handlers that answer later: `done` is to be called once, from any thread.
  grpc::ServerUnaryReactor* AnswerLater(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes, grpc::ByteBuffer* answer,
      const google::protobuf::Message& request,
      const std::function<void(Request request, const Caller&, Done done)>& handler);

  // `open` makes the reactor of the stream (which deletes itself in OnDone, and calls Count with
  // what it ended with), or says why there is none.
  Stream* Open(grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
               const google::protobuf::Message& request,
               const std::function<absl::StatusOr<Stream*>(const google::protobuf::Message&,
                                                           const Caller&)>& open);

  // A stream ended with `status`.
  void Count(const absl::Status& status) {
    requests_.Count(face_, absl::StatusCodeToString(status.code()));
  }

 private:
  absl::StatusOr<Caller> Admit(grpc::CallbackServerContext* context) const;
  // A message like `prototype` out of `bytes`.
  static absl::StatusOr<Request> Parse(const grpc::ByteBuffer& bytes,
                                       const google::protobuf::Message& prototype);

  RequestCounter& requests_;
  const char* const face_;
};

}  // namespace paperwire::serve
