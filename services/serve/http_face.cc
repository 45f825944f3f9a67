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
  const std::string request_id = gate_.RequestId(value("x-request-id"));
  const absl::StatusOr<Caller> caller = gate_.Admit(
      {.peer = request.peer, .authorization = value("authorization"), .request_id = request_id},
      access::Scope::kRead);
  http::Response response = caller.ok() ? site_.Answer(request) : Refuse(request, caller.status());
  response.headers.emplace_back("X-Request-Id", request_id);
  return response;
}

http::Response HttpFace::Refuse(const http::Request& request, const absl::Status& status) {
  http::Response refused = JsonError(status);
  requests_.Count("http", std::to_string(refused.status));
  if (request.path.starts_with("/api/")) return refused;
  http::Response page = site_.ErrorPage(refused.status, "");
  for (auto& header : refused.headers) page.headers.push_back(std::move(header));
  return page;
}

}  // namespace paperwire::serve
