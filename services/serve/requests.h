#pragma once

#include <string>

#include "absl/status/status.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/serve/caller.h"

namespace paperwire::serve {

// Counts what was answered: paperwire_serve_requests_total{face,code}. Thread-safe.
class RequestCounter {
 public:
  explicit RequestCounter(prometheus::Registry& metrics)
      : family_(prometheus::BuildCounter()
                    .Name("paperwire_serve_requests_total")
                    .Help("Requests answered, by face (grpc, connect, http, operator) and code.")
                    .Register(metrics)) {}

  void Count(const char* face, std::string code) {
    family_.Add({{"face", face}, {"code", std::move(code)}}).Increment();
  }

 private:
  prometheus::Family<prometheus::Counter>& family_;
};

// The most that a request may hold, unpacked.
inline constexpr size_t kMaxRequestBytes = 64u << 10;

// Logs an answer: as an error where it is a fault of our own, else for those who debug.
void TellAnswer(const char* face, const Caller& caller, const absl::Status& status);

}  // namespace paperwire::serve
