#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/llm/misbehaviour.h"
#include "tests/support/llm/prompt.h"

namespace paperwire::stand_in {

// An answer, and how its bytes leave.
struct Reply {
  enum class How { kWhole, kNothing, kHeadOnly, kCut, kReset, kDrip, kEndless };

  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  How how = How::kWhole;
  // Before the first byte.
  std::chrono::milliseconds delay{0};
  // Between two bytes of kDrip.
  std::chrono::milliseconds pause{0};
  // kEndless: `body` again and again until so many have left; 0: until the client leaves.
  size_t bytes = 0;
  // As `usage` says, or would.
  int64_t input_tokens = 0;
  int64_t output_tokens = 0;
};

// Which protocol's words an answer is in.
enum class Wire { kOpenAi, kAnthropic };

// What the misbehaviour makes of the answer to `request`; none: a good card. `key`: the caller's.
Reply MakeReply(const nlohmann::json& request, const Prompt& prompt, Wire wire,
                const std::string& key, const std::optional<Misbehaviour>& misbehaviour,
                bool tells_usage, int number);

// An error in the endpoint's words.
Reply ErrorReply(int status, Wire wire, const std::string& type, const std::string& code,
                 const std::string& message);

}  // namespace paperwire::stand_in
