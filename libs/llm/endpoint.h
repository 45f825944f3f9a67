#pragma once

#include <string>

namespace paperwire::llm {

// The protocol an endpoint speaks.
enum class WireFormat { kOpenAi, kAnthropic };

// One model behind one URL.
struct Endpoint {
  // "https://api.example.org/v1", without a slash at the end.
  std::string base_url = {};
  std::string model = {};
  // Empty: none is sent. Never logged, never part of a message.
  std::string api_key = {};
  std::string organization = {};
  std::string project = {};
  WireFormat format = WireFormat::kOpenAi;
  // US dollars per million tokens.
  double input_price = 0;
  double output_price = 0;

  // Host, a port that is not the scheme's own, and model ("127.0.0.1:8080/smollm2"): for logs and
  // provenance; holds no secret.
  std::string Name() const;
  // Sixteen hex digits of a hash of URL and model: for keys in Redis.
  std::string Key() const;
};

}  // namespace paperwire::llm
