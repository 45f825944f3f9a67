#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "libs/access/token.h"
#include "services/serve/caller.h"
#include "services/serve/gate.h"
#include "services/serve/payload.h"
#include "services/serve/requests.h"

namespace paperwire::serve {

// What gRPC is told of a status, with its details; a long message is cut.
grpc::Status ToGrpc(const absl::Status& full);

// The bytes shared, not copied (small ones are copied: that is cheaper).
grpc::ByteBuffer ToByteBuffer(const Payload& payload);

enum class Gzip : uint8_t {
  kOff,
  // For callers on other machines; within one the network costs less than the packing.
  kRemote,
  kOn,
};

// What every call of one gRPC service goes through: the caller is admitted, the request parsed, a
// handler asked, the answer sent and counted. The caller's x-request-id (or a new one) comes back
// with every answer, refusals included. A request that does not parse is INVALID_ARGUMENT.
// Thread-safe.
class RpcCalls {
 public:
  using Stream = grpc::ServerWriteReactor<grpc::ByteBuffer>;
  using Request = std::unique_ptr<google::protobuf::Message>;
  using Done = std::function<void(absl::StatusOr<Payload>)>;

  struct Options {
    // What answers are counted under.
    const char* face = "grpc";
    // What a caller needs.
    access::Scope scope = access::Scope::kRead;
    // The port speaks TLS.
    bool encrypted = false;
    // Answers of 1 KiB and more are compressed for clients that take gzip.
    Gzip gzip = Gzip::kOff;
  };
  // Both must outlive it.
  RpcCalls(Gate& gate, RequestCounter& requests, Options options)
      : gate_(gate), options_(options), answered_(requests, options.face) {}

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
  void Count(const absl::Status& status) { answered_.Count(status.code()); }

 private:
  absl::StatusOr<Caller> Admit(grpc::CallbackServerContext* context) const;
  // The caller is not admitted. Returns `reactor`.
  grpc::ServerUnaryReactor* Refuse(grpc::ServerUnaryReactor* reactor, const absl::Status& status);
  // Sends the answer, or says what went wrong.
  void Finish(grpc::CallbackServerContext* context, grpc::ServerUnaryReactor* reactor,
              grpc::ByteBuffer* answer, const absl::StatusOr<Payload>& payload,
              const Caller& caller);
  // A message like `prototype` out of `bytes`.
  static absl::StatusOr<Request> Parse(const grpc::ByteBuffer& bytes,
                                       const google::protobuf::Message& prototype);

  Gate& gate_;
  const Options options_;
  RequestCounter::Face answered_;
};

}  // namespace paperwire::serve
