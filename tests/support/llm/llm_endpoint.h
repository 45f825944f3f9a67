#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/llm/misbehaviour.h"

namespace paperwire::stand_in {

class Desk;
class House;

struct LlmEndpointOptions {
  // Port 0: a free one.
  std::string listen = "127.0.0.1:0";
  // PEM; empty: without TLS.
  std::string certificate = {};
  std::string key = {};
  Manner manner = {};
  // How many of the last requests are kept whole.
  size_t keep_requests = 100;
};

// One call as it came.
struct Called {
  std::string path = {};
  // Lower-case names.
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  std::string title = {};
  // The name of the fault that it got; empty: none.
  std::string fault = {};
};

struct CallCounts {
  int64_t calls = 0;
  int64_t in_flight = 0;
  int64_t most_in_flight = 0;
  // The client left before it had the whole answer.
  int64_t left = 0;
  // Answered by a model, and what it would bill for that.
  int64_t answered = 0;
  int64_t input_tokens = 0;
  int64_t output_tokens = 0;
  // Sent as endless bodies.
  int64_t bytes = 0;
  // By name; without a fault: under "".
  std::map<std::string, int64_t> by_fault = {};
  // By title; calls without a paper are under "".
  std::map<std::string, int64_t> by_paper = {};

  int64_t most_of_one_paper() const;
};

// An OpenAI-compatible endpoint on loopback with a model behind it that makes a good card out of
// the paper in the prompt, unless it is told to misbehave. Answers POST …/chat/completions and
// …/messages (Anthropic's words), GET …/models, and /_control. One thread; thousands of slow calls
// cost it nothing but their connections. Serves until destroyed; thread-safe.
class LlmEndpoint {
 public:
  // Aborts when the address cannot be bound or the certificate is none.
  explicit LlmEndpoint(LlmEndpointOptions options = {});
  ~LlmEndpoint();
  LlmEndpoint(const LlmEndpoint&) = delete;
  LlmEndpoint& operator=(const LlmEndpoint&) = delete;

  uint16_t port() const;
  // "http://127.0.0.1:PORT/v1": what is configured as base URL.
  std::string url() const;

  // In order: the first that matches a call is used.
  void Misbehave(Misbehaviour misbehaviour);
  // From now on every call gets it; calls in flight go on.
  void Outage(Misbehaviour outage);
  // Connections are refused, and those there are are broken off.
  void Close();
  // The end of outages, and listening again on the same port.
  void Well();
  // Well, and everything told to Misbehave is taken back; the manner stays.
  void Behave();

  Manner manner() const;
  void SetManner(Manner manner);

  CallCounts counts() const;
  // The newest last.
  std::vector<Called> calls() const;
  // Counts from zero; what is in flight stays counted.
  void Forget();

  // What POST /_control does: {"outage": "server-error"}, {"well": true}, … (README.md).
  // InvalidArgument; then the orders before the wrong one are done.
  absl::Status Order(const std::string& json);

 private:
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<House> house_;
};

}  // namespace paperwire::stand_in
