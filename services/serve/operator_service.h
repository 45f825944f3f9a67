#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "paperwire/v1/operator_service.grpc.pb.h"
#include "services/serve/operations.h"
#include "services/serve/requests.h"
#include "services/serve/rpc_call.h"

namespace paperwire::serve {

// What an operator may ask for, over gRPC. One request at a time, on a thread of its own, so that
// readers never wait for it; another one meanwhile is RESOURCE_EXHAUSTED. Thread-safe.
class OperatorService final
    : public v1::OperatorService::WithRawCallbackMethod_Resummarize<
          v1::OperatorService::WithRawCallbackMethod_Reclassify<
              v1::OperatorService::WithRawCallbackMethod_RemovePaper<
                  v1::OperatorService::WithRawCallbackMethod_ReplayDeadLetters<
                      v1::OperatorService::Service>>>> {
 public:
  // Both must outlive it.
  OperatorService(Gate& gate, RequestCounter& requests, bool encrypted = false);
  ~OperatorService() override;

  // Requests go to `operations` from now on; until then they answer UNAVAILABLE.
  void Attach(Operations& operations);
  // Cuts the request in hand short, waits for its end, and takes no more.
  void Detach();

  grpc::ServerUnaryReactor* Resummarize(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Reclassify(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* RemovePaper(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ReplayDeadLetters(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) override;

 private:
  using Job = std::function<void()>;

  // Has `operate` answer the request when its turn comes, or answers why not.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Take(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* response,
                                 absl::StatusOr<Response> (Operations::*operate)(const Request&,
                                                                                 std::stop_token));
  // Takes what `make_job` makes, or says why not.
  absl::Status Enqueue(const std::function<Job(Operations&, std::stop_token)>& make_job);
  void Work(std::stop_token stop);

  RpcCalls calls_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Operations* operations_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::stop_source cut_ ABSL_GUARDED_BY(mutex_);
  // From when a job is taken until its answer is made.
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  Job job_ ABSL_GUARDED_BY(mutex_);
  std::jthread worker_;
};

}  // namespace paperwire::serve
