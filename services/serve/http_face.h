#pragma once

#include "libs/http/server.h"
#include "services/serve/connect.h"
#include "services/serve/gate.h"
#include "services/serve/requests.h"
#include "services/serve/site.h"

namespace paperwire::serve {

// Everything over HTTP: lets callers in, and hands their requests to the site or to Connect. Who is
// not let in is told as a page, or as JSON under /api. Every answer has the caller's X-Request-Id,
// or a new one. Thread-safe.
class HttpFace {
 public:
  // All must outlive it.
  HttpFace(Site& site, Connect& connect, Gate& gate, RequestCounter& requests)
      : site_(site), connect_(connect), gate_(gate), requests_(requests) {}

  http::Response Answer(const http::Request& request);

 private:
  http::Response Refuse(const http::Request& request, const absl::Status& status);

  Site& site_;
  Connect& connect_;
  Gate& gate_;
  RequestCounter& requests_;
};

}  // namespace paperwire::serve
