#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/http/client.h"

namespace paperwire::http {

// Asks HTTP servers, many at once on one thread of its own. Thread-safe. Keeps connections open
// between calls; a call is sent once, also where a kept connection turns out to be closed.
//
// No redirect is followed: a 3xx is an answer. An address that is not a public one is refused when
// connecting, so that no name can lead there, unless allow_private is set or the URL itself names a
// loopback host; a proxy's own address is the operator's choice, and behind one only addresses that
// stand in the URL are seen. A loopback host is never asked through the proxy.
class MultiClient {
 public:
  struct Options {
    std::string user_agent = "paperwire";
    // A request's own Accept header wins.
    std::string accept = "application/json";
    // http without TLS beyond loopback hosts.
    bool allow_http = false;
    // Addresses of this network.
    bool allow_private = false;
    // Proxies named by the environment are ignored; this one is used when not empty.
    std::string proxy = {};
    // Certificates to trust instead of the system's; a file.
    std::string ca_file = {};
  };

  // On the client's thread; must not block, may Start another. Errors as Client::Fetch's, but
  // Aborted for an answer that breaks off, and PermissionDenied for http, or an address, that is
  // not allowed. The message says which limit it was: "no connection within 5s", "no first byte
  // within 30s", "not whole within 60s", "body over 262144 bytes".
  using Done = std::function<void(absl::StatusOr<FetchResponse>)>;

  explicit MultiClient(Options options);
  // Calls under way are Cancelled.
  ~MultiClient();
  MultiClient(const MultiClient&) = delete;
  MultiClient& operator=(const MultiClient&) = delete;

  // `done` is called exactly once. request.stop ends the call at once; max_redirects and
  // allowed_hosts have no meaning.
  void Start(FetchRequest request, Done done);

 private:
  struct Transfer;
  class Loop;

  const Options options_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace paperwire::http
