#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/http/server.h"
#include "services/serve/caller.h"
#include "services/serve/feed_methods.h"
#include "services/serve/gate.h"
#include "services/serve/requests.h"

namespace paperwire::serve {

// The HTTP status that stands for `code`.
int HttpStatusOf(absl::StatusCode code);

// A status as JSON, as the Connect protocol has it: {"code", "message", "details"}; with
// Retry-After and WWW-Authenticate where they belong.
http::Response JsonError(const absl::Status& full);

// FeedMethods over HTTP by the Connect protocol, unary: POST /paperwire.v1.FeedService/<Method>
// with application/json or application/proto. Thread-safe.
class Connect {
 public:
  // `cors_origins` are those whose pages may ask from a browser; "*" is all, none is none. All
  // references must outlive it.
  Connect(const FeedMethods& methods, Gate& gate, RequestCounter& requests,
          std::vector<std::string> cors_origins);

  // Whether `path` is one of its own.
  static bool Owns(std::string_view path);

  // Admits, answers and counts.
  http::Response Answer(const http::Request& request);

 private:
  http::Response Route(const http::Request& request, const std::string& request_id);
  absl::StatusOr<std::string> Ask(const UnaryMethod& method, const http::Request& request,
                                  const Caller& caller, bool json) const;
  void AddCors(const http::Request& request, http::Response& response) const;

  const FeedMethods& methods_;
  Gate& gate_;
  RequestCounter& requests_;
  const std::vector<std::string> cors_origins_;
};

}  // namespace paperwire::serve
