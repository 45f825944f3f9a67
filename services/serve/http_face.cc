#include "services/serve/http_face.h"

#include <string>
#include <utility>

namespace paperwire::serve {

http::Response HttpFace::Answer(const http::Request& request) {
  if (Connect::Owns(request.path)) return connect_.Answer(request);
  const auto value = [&request](const char* name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
  };
  const absl::StatusOr<Caller> caller = gate_.Admit({.peer = request.peer,
                                                     .authorization = value("authorization"),
                                                     .request_id = value("x-request-id")},
                                                    access::Scope::kRead);
  if (caller.ok()) {
    http::Response response = site_.Answer(request);
    response.headers.emplace_back("X-Request-Id", caller->request_id);
    return response;
  }
  http::Response refused = JsonError(caller.status());
  requests_.Count("http", std::to_string(refused.status));
  if (request.path.starts_with("/api/")) return refused;
  http::Response page = site_.ErrorPage(refused.status, "");
  for (auto& header : refused.headers) page.headers.push_back(std::move(header));
  return page;
}

}  // namespace paperwire::serve
