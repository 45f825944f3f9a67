#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/summarize/tokens.h"

namespace paperwire::summarize {

// Features of a sentence are hashed to this many bits: indices in [0, 65,536).
inline constexpr int kRoleFeatureBits = 16;

// The features from which a sentence's role is read, one list a sentence: words, pairs of words,
// how it begins, stems and endings, its place, and the words of the sentences beside it. Lists are
// without repeats. `tokens[i]` are the tokens of `sentences[i]`. Training and serving both
// call this. Pure, thread-safe.
std::vector<std::vector<uint16_t>> RoleFeatures(const std::vector<std::string_view>& sentences,
                                                const std::vector<std::vector<Token>>& tokens);

// Whether a paper speaks of itself in a sentence: "we", "our", "this paper", "this work".
bool SpeaksOfItself(const std::vector<Token>& tokens);

}  // namespace paperwire::summarize
