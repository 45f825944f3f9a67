#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <utility>

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

  void Count(const char* face, std::string code) { Of(face, std::move(code)).Increment(); }

  // The counters of one face, looked up once. Thread-safe.
  class Face {
   public:
    // `requests` must outlive it.
    Face(RequestCounter& requests, const char* name) : requests_(requests), name_(name) {}

    void Count(absl::StatusCode code) {
      const auto number = static_cast<size_t>(code);
      if (number >= counters_.size()) {
        return requests_.Count(name_, absl::StatusCodeToString(code));
      }
      prometheus::Counter* counter = counters_[number].load(std::memory_order_acquire);
      if (counter == nullptr) {
        counter = &requests_.Of(name_, absl::StatusCodeToString(code));
        counters_[number].store(counter, std::memory_order_release);
      }
      counter->Increment();
    }

   private:
    RequestCounter& requests_;
    const char* const name_;
    // By code; null: none of it yet.
    std::array<std::atomic<prometheus::Counter*>, 17> counters_{};
  };

 private:
  prometheus::Counter& Of(const char* face, std::string code) {
    return family_.Add({{"face", face}, {"code", std::move(code)}});
  }

  prometheus::Family<prometheus::Counter>& family_;
};

// The most that a request may hold, unpacked.
inline constexpr size_t kMaxRequestBytes = 64u << 10;

// Logs an answer: as an error where it is a fault of our own, else for those who debug.
void TellAnswer(const char* face, const Caller& caller, const absl::Status& status);

}  // namespace paperwire::serve
