#pragma once

#include <chrono>
#include <cstddef>

#include "libs/clock/clock.h"
#include "libs/http/multi_client.h"
#include "libs/llm/chat.h"

namespace paperwire::llm {

// How long a call may take, and how much it may bring.
struct Timeouts {
  std::chrono::milliseconds connect{5000};
  // Endpoints that do not stream send nothing before the answer is whole.
  std::chrono::milliseconds first_byte{30000};
  std::chrono::milliseconds total{60000};
  // Of the unpacked answer.
  size_t max_body_bytes = 256u << 10;
};

}  // namespace paperwire::llm
