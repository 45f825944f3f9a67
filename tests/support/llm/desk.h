#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/llm/reply.h"

namespace paperwire::stand_in {

// What stands between the connections and the model: who is answered how, and the counts.
// Internal; thread-safe.
class Desk {
 public:
  explicit Desk(LlmEndpointOptions options);

  // Any request. A call that Take has taken must be ended by End.
  Reply Take(const std::string& method, const std::string& path,
             const std::map<std::string, std::string>& headers, const std::string& body,
             bool& is_call);
  // `left`: the client did not wait for all of it.
  void End(bool left);
  void CountBytes(size_t bytes);

  absl::Status Order(const std::string& json);
  void Misbehave(Misbehaviour misbehaviour);
  void SetOutage(std::optional<Misbehaviour> outage);
  void Behave();
  Manner manner() const;
  void SetManner(Manner manner);
  CallCounts counts() const;
  std::vector<Called> calls() const;
  void Forget();

 private:
  void Bill(const Reply& reply);
  Reply TakeCall(Called called, Wire wire);
  std::optional<Misbehaviour> Fitting(const nlohmann::json& request, const Called& called,
                                      const Prompt& prompt) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Reply Control(const std::string& method, const std::string& body);

  const size_t keep_requests_;

  mutable std::mutex mutex_;
  Manner manner_ ABSL_GUARDED_BY(mutex_);
  Mischief mischief_ ABSL_GUARDED_BY(mutex_);
  CallCounts counts_ ABSL_GUARDED_BY(mutex_);
  std::deque<Called> calls_ ABSL_GUARDED_BY(mutex_);
  // Not set back by Forget, so that no two answers have one id.
  int number_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace paperwire::stand_in
