#pragma once

#include <future>
#include <memory>
#include <utility>

#include "libs/http/multi_client.h"

namespace paperwire::foundation_test {

// Starts `request`; what comes of it.
inline std::future<absl::StatusOr<http::FetchResponse>> Begin(http::MultiClient& client,
                                                              http::FetchRequest request) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<http::FetchResponse>>>();
  auto future = promise->get_future();
  client.Start(std::move(request), [promise](absl::StatusOr<http::FetchResponse> response) {
    promise->set_value(std::move(response));
  });
  return future;
}

inline absl::StatusOr<http::FetchResponse> Ask(http::MultiClient& client,
                                               http::FetchRequest request) {
  return Begin(client, std::move(request)).get();
}

}  // namespace paperwire::foundation_test
