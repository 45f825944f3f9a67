#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace paperwire::serve {

// Why `bytes` could not be parsed as a message like `prototype`: INVALID_ARGUMENT that names the
// field whose text is not UTF-8 ("filter.tags_any"), else "request". Pure.
absl::Status UnreadableRequest(const google::protobuf::Message& prototype, std::string_view bytes);

// INVALID_ARGUMENT: an enum of `request`, or of a message in it, has a value that this version does
// not know; names the field ("filter.order"). Pure.
absl::Status CheckEnums(const google::protobuf::Message& request);

}  // namespace paperwire::serve
