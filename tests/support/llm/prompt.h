#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace paperwire::stand_in {

// What a call asks, as far as it can be told from the request alone.
struct Prompt {
  // Of the paper that is fenced in the user's first message; empty where none is found.
  std::string title = {};
  std::string abstract = {};
  // Bytes of all messages.
  size_t bytes = 0;
  // The JSON schema of the answer, as text; empty: none was sent.
  std::string schema = {};
  // "json_schema", "json_object" or empty.
  std::string format = {};
};

// Reads a request of either wire format. The paper stands between two lines that hold the same
// token of eight letters and digits or more, as lines "Title: …" and "Abstract: …". Never throws.
Prompt ReadPrompt(const nlohmann::json& request);

}  // namespace paperwire::stand_in
