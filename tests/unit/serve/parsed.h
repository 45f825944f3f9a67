#pragma once

#include "absl/status/statusor.h"
#include "services/serve/payload.h"

namespace paperwire::serve {

// What a reader makes of an answer's bytes.
template <typename Response>
absl::StatusOr<Response> Parsed(const absl::StatusOr<Payload>& payload) {
  if (!payload.ok()) return payload.status();
  Response response;
  if (!response.ParseFromString(payload->Flat())) return absl::InternalError("not a response");
  return response;
}

}  // namespace paperwire::serve
