#include <algorithm>

#include "libs/http/server.h"

namespace paperwire::http {
namespace {

Response Make(int status, std::string content_type, std::string body) {
  Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

}  // namespace

Response Response::Text(int status, std::string text) {
  return Make(status, "text/plain; charset=utf-8", std::move(text));
}

Response Response::Html(int status, std::string html) {
  return Make(status, "text/html; charset=utf-8", std::move(html));
}

Response Response::Json(int status, std::string json) {
  return Make(status, "application/json; charset=utf-8", std::move(json));
}

std::string_view Request::Parameter(std::string_view name) const {
  const auto found = std::find_if(query.begin(), query.end(),
                                  [name](const auto& pair) { return pair.first == name; });
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace paperwire::http
