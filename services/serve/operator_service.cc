#include "services/serve/operator_service.h"

#include <memory>
#include <string>
#include <utility>

#include "libs/telemetry/log.h"

namespace paperwire::serve {
namespace {

// "RemovePaperRequest arxiv_id: …", in at most 300 bytes.
std::string Summary(const google::protobuf::Message& request) {
  constexpr size_t kLongest = 300;
  return (request.GetDescriptor()->name() + " " + request.ShortDebugString()).substr(0, kLongest);
}

}  // namespace

OperatorService::OperatorService(Gate& gate, RequestCounter& requests, bool encrypted)
    : calls_(gate, requests,
             {.face = "operator", .scope = access::Scope::kOperate, .encrypted = encrypted}),
      worker_([this](std::stop_token stop) { Work(std::move(stop)); }) {}

OperatorService::~OperatorService() { Detach(); }

void OperatorService::Attach(Operations& operations) {
  const std::lock_guard lock(mutex_);
  operations_ = &operations;
  cut_ = std::stop_source();
}

void OperatorService::Detach() {
  std::unique_lock lock(mutex_);
  operations_ = nullptr;
  cut_.request_stop();
  changed_.wait(lock, [this] { return !busy_; });
}

absl::Status OperatorService::Enqueue(
    const std::function<Job(Operations&, std::stop_token)>& make_job) {
  const std::lock_guard lock(mutex_);
  if (operations_ == nullptr) {
    return absl::UnavailableError(
        "serve is not connected to Kafka and Redis; nothing was requested");
  }
  if (busy_) {
    return absl::ResourceExhaustedError(
        "another operator's request is in hand; ask again when it is done");
  }
  busy_ = true;
  job_ = make_job(*operations_, cut_.get_token());
  changed_.notify_all();
  return absl::OkStatus();
}

void OperatorService::Work(std::stop_token stop) {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return job_ != nullptr; })) return;
      job = std::exchange(job_, nullptr);
    }
    job();
  }
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* OperatorService::Take(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response,
    absl::StatusOr<Response> (Operations::*operate)(const Request&, std::stop_token)) {
  return calls_.AnswerLater(
      context, request, response, Request::default_instance(),
      [this, operate](RpcCalls::Request parsed, const Caller& caller,
                      const RpcCalls::Done& answered) {
        // Who did it, for good: what operators do cannot be told from the papers afterwards.
        const RpcCalls::Done done =
            [answered, caller, asked = Summary(*parsed)](const absl::StatusOr<Payload>& payload) {
              telemetry::Log(telemetry::Level::kInfo, "an operator asked",
                             {{"caller", caller.key},
                              {"request_id", caller.request_id},
                              {"asked", asked},
                              {"status", payload.status()}});
              answered(payload);
            };
        // Jobs can be copied; messages should not be.
        const std::shared_ptr<const google::protobuf::Message> shared = std::move(parsed);
        const absl::Status taken = Enqueue([&](Operations& operations, std::stop_token cut) {
          return [this, shared, done, operate, &operations, cut = std::move(cut)] {
            auto answer = (operations.*operate)(static_cast<const Request&>(*shared), cut);
            {
              const std::lock_guard lock(mutex_);
              busy_ = false;
              changed_.notify_all();
            }
            // Only now: who is answered may ask again.
            if (answer.ok()) {
              done(Payload(answer->SerializeAsString()));
            } else {
              done(answer.status());
            }
          };
        });
        if (!taken.ok()) done(taken);
      });
}

grpc::ServerUnaryReactor* OperatorService::Resummarize(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return Take(context, request, response, &Operations::Resummarize);
}

grpc::ServerUnaryReactor* OperatorService::Reclassify(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request,
                                                      grpc::ByteBuffer* response) {
  return Take(context, request, response, &Operations::Reclassify);
}

grpc::ServerUnaryReactor* OperatorService::RemovePaper(grpc::CallbackServerContext* context,
                                                       const grpc::ByteBuffer* request,
                                                       grpc::ByteBuffer* response) {
  return Take(context, request, response, &Operations::RemovePaper);
}

grpc::ServerUnaryReactor* OperatorService::ReplayDeadLetters(grpc::CallbackServerContext* context,
                                                             const grpc::ByteBuffer* request,
                                                             grpc::ByteBuffer* response) {
  return Take(context, request, response, &Operations::ReplayDeadLetters);
}

}  // namespace paperwire::serve
