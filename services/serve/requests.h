#pragma once

#include <string>

#include "prometheus/counter.h"
#include "prometheus/registry.h"

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

}  // namespace paperwire::serve
