#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/summarize/role_model.h"
#include "services/summarize/tokens.h"

namespace paperwire::summarize {

// An abstract as the models read it: what training and serving have in common.
struct Reading {
  struct Sentence {
    // As it was given.
    std::string as_written;
    // Readable: links and markup gone.
    std::string text;
    // Why it is not looked at ("availability"); empty: it is.
    std::string_view left_out;
  };

  Reading() = default;
  // A copy's views would be of the original.
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  Reading(Reading&&) = default;
  Reading& operator=(Reading&&) = default;

  std::string title;
  // All sentences, in order.
  std::vector<Sentence> sentences;
  // Those that are looked at: index into `sentences`, and views of their text. The vectors below
  // are as long.
  std::vector<size_t> index;
  std::vector<std::string_view> texts;
  std::vector<std::vector<Token>> tokens;
  std::vector<RoleProbabilities> roles;
  // Points at the sentence before ("This enables …").
  std::vector<bool> leans;
};

// Reads the sentences of a readable abstract (source.h). The views in it stay good while it is
// moved. Pure, thread-safe.
Reading Read(std::string_view title, const std::vector<std::string_view>& sentences);

}  // namespace paperwire::summarize
