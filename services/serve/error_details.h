#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace paperwire::serve {

// What errors carry beside their message, in google.rpc's types, for every face alike. Details are
// payloads of the absl::Status, by type URL; absl::Status keeps them through copies. Pure.

// INVALID_ARGUMENT "field: description" with a BadRequest detail that names the field.
absl::Status InvalidField(std::string_view field, std::string_view description);

// The same of several fields at once; the message has them all. Not empty.
absl::Status InvalidFields(const std::vector<std::pair<std::string, std::string>>& violations);

// `status` with a RetryInfo: asking again makes sense after `delay`.
absl::Status RetryAfter(absl::Status status, absl::Duration delay);

// The delay of RetryAfter; InfiniteDuration: there is none.
absl::Duration RetryDelay(const absl::Status& status);

// `status` with a message of at most 500 bytes: what it repeats of a request may be far longer, and
// gRPC's clients take 8 KiB of metadata.
absl::Status Bounded(const absl::Status& status);

// The details of `status` as (type name, serialized message): "google.rpc.RetryInfo". An
// InvalidArgument without a BadRequest whose message begins with "field: " is given one.
std::vector<std::pair<std::string, std::string>> DetailsOf(const absl::Status& status);

// A serialized google.rpc.Status of `status` and its details; empty when it has none.
std::string SerializedDetails(const absl::Status& status);

}  // namespace paperwire::serve
