#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::summarize {

// What a model wrote, read as the parts of a card: one JSON object with the six members of the
// prompt's schema, each once, of its type, not over its bounds, without hidden characters, and no
// other member. If the content is not that as it stands, blocks of thoughts before the object and
// one code fence around it are taken off; nothing is ever mended. Whether what it says is true is
// not looked at (judge.h). Keywords and provenance stay empty.
// InvalidArgument: what is wrong, in words that the model can be told; quotes at most the name of
// a member. Linear, pure, thread-safe.
absl::StatusOr<v1::Summary> ReadAnswer(std::string_view content);

}  // namespace paperwire::summarize
