#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace paperwire::http {

struct Request {
  std::string method;
  // Decoded path without the query: "/p/2606.01234".
  std::string path;
  // Decoded query parameters, in order.
  std::vector<std::pair<std::string, std::string>> query;
  // Lower-case names.
  std::map<std::string, std::string> headers;
  std::string body;
  std::string peer;

  // The first parameter of that name; empty when there is none.
  std::string_view Parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  // Shared so that a snapshot's bytes are sent without a copy. (Immutable once given.)
  std::shared_ptr<const std::string> body;

  static Response Text(int status, std::string text);
  static Response Html(int status, std::string html);
  static Response Json(int status, std::string json);
};

struct ServerOptions {
  // "127.0.0.1:8080"; port 0 picks a free one.
  std::string listen;
  int threads = 1;
  size_t max_connections = 1024;
  // From one address (an IPv6 network of 64 bits counts as one); 0: no limit. This machine's own
  // addresses are not limited, for a proxy may stand there, unless limit_loopback says so.
  size_t max_connections_per_peer = 0;
  bool limit_loopback = false;
  size_t max_header_bytes = 8192;
  size_t max_body_bytes = 0;
  std::chrono::milliseconds header_timeout{5000};
  std::chrono::milliseconds idle_timeout{15000};
  int max_requests_per_connection = 1000;
  // Added to every answer, error answers included, unless the answer has a header of that name.
  std::vector<std::pair<std::string, std::string>> headers;
  // Makes the body of the server's own answers (400, 408, 413, 431, 500, 503); null: plain text.
  std::function<Response(int status, std::string_view reason)> error_page;
  // Told what a handler threw (the client gets a 500), and why connections cannot be accepted.
  // Called from the server's threads; null: nobody is told.
  std::function<void(std::string_view what)> on_error;
};

// An HTTP/1.1 server on Boost.Beast. The handler sees HEAD as GET and the body is left out;
// Content-Length, Date and keep-alive are the server's business.
class Server {
 public:
  // Called from the server's threads, several at once. It must not block for long.
  using Handler = std::function<Response(const Request&)>;

  // Binds and serves until destroyed. Errors: Unavailable naming the address that is in use.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, Handler handler);

  virtual ~Server() = default;
  // The port it listens on.
  virtual uint16_t port() const = 0;
  // Stops accepting, finishes what is being answered (bounded by the time), closes.
  virtual void Drain(std::chrono::milliseconds timeout) = 0;
};

}  // namespace paperwire::http
