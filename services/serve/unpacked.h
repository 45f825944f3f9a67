#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace paperwire::serve {

// Whether `bytes` begin as gzip does; no message of protobuf begins so.
bool IsPacked(std::string_view bytes);

// What gzip has packed into `bytes`, as far as it is no larger than `limit`: no more is unpacked to
// find out. ResourceExhausted: it is larger; InvalidArgument: it is broken. Pure.
absl::StatusOr<std::string> Unpacked(std::string_view bytes, size_t limit);

}  // namespace paperwire::serve
