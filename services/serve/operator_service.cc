#include "services/serve/operator_service.h"

#include <string>
#include <utility>

#include "services/serve/feed_service.h"

namespace paperwire::serve {

OperatorService::OperatorService(RequestCounter& requests)
    : requests_(requests), worker_([this](std::stop_token stop) { Work(std::move(stop)); }) {}

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

void OperatorService::Finish(grpc::ServerUnaryReactor* reactor, const absl::Status& status) {
  requests_.Count("operator", absl::StatusCodeToString(status.code()));
  reactor->Finish(ToGrpc(status));
}

template <typename Request, typename Response>
grpc::ServerUnaryReactor* OperatorService::Take(
    grpc::CallbackServerContext* context, const Request* request, Response* response,
    absl::StatusOr<Response> (Operations::*operate)(const Request&, std::stop_token)) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status taken = Enqueue([&](Operations& operations, std::stop_token cut) {
    return [this, reactor, request, response, operate, &operations, cut = std::move(cut)] {
      auto answer = (operations.*operate)(*request, cut);
      if (answer.ok()) *response = *answer;
      {
        const std::lock_guard lock(mutex_);
        busy_ = false;
        changed_.notify_all();
      }
      // Only now: who is answered may ask again.
      Finish(reactor, answer.status());
    };
  });
  if (!taken.ok()) Finish(reactor, taken);
  return reactor;
}

grpc::ServerUnaryReactor* OperatorService::Resummarize(grpc::CallbackServerContext* context,
                                                       const v1::ResummarizeRequest* request,
                                                       v1::ResummarizeResponse* response) {
  return Take(context, request, response, &Operations::Resummarize);
}

grpc::ServerUnaryReactor* OperatorService::Reclassify(grpc::CallbackServerContext* context,
                                                      const v1::ReclassifyRequest* request,
                                                      v1::ReclassifyResponse* response) {
  return Take(context, request, response, &Operations::Reclassify);
}

grpc::ServerUnaryReactor* OperatorService::RemovePaper(grpc::CallbackServerContext* context,
                                                       const v1::RemovePaperRequest* request,
                                                       v1::RemovePaperResponse* response) {
  return Take(context, request, response, &Operations::RemovePaper);
}

grpc::ServerUnaryReactor* OperatorService::ReplayDeadLetters(
    grpc::CallbackServerContext* context, const v1::ReplayDeadLettersRequest* /*request*/,
    v1::ReplayDeadLettersResponse* /*response*/) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  Finish(reactor,
         absl::UnimplementedError("serve replays no dead letters yet; use `paperwire dlq replay`"));
  return reactor;
}

}  // namespace paperwire::serve
