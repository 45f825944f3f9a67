#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/http/client.h"

namespace paperwire::http {

// The Client on libcurl. Keeps connections open between calls.
//
// Redirects are followed here, not by libcurl: each hop's scheme and host is checked, and
// credentials (Authorization, Cookie) are not sent on to another host. An entry of allowed_hosts
// without a port means the scheme's own port; "host:port" means just that one.
class CurlClient final : public Client {
 public:
  struct Options {
    std::string user_agent = "paperwire";
    // A request's own Accept header wins.
    std::string accept = "application/atom+xml, text/xml, */*";
    // http without TLS beyond loopback hosts.
    bool allow_http = false;
    // Proxies named by the environment are ignored; this one is used when not empty.
    std::string proxy = {};
    // Certificates to trust instead of the system's; a file.
    std::string ca_file = {};
    // A transfer slower than 100 bytes a second for this long is given up (DeadlineExceeded), the
    // wait for the first byte included; zero: never.
    std::chrono::seconds stall_timeout{30};
  };

  explicit CurlClient(Options options);
  CurlClient() : CurlClient(Options{}) {}
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  absl::StatusOr<FetchResponse> Fetch(const FetchRequest& request) override;

 private:
  struct Handle;

  std::unique_ptr<Handle> TakeHandle();
  void GiveBack(std::unique_ptr<Handle> handle);

  const Options options_;

  std::mutex mutex_;
  // Handles not in use, with their open connections.
  std::vector<std::unique_ptr<Handle>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::http
