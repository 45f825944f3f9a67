#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"

namespace paperwire::access {

// A server's certificate and key, and whom it takes client certificates from; all as PEM.
struct TlsMaterial {
  std::string certificate;
  std::string key;
  // Empty: clients need no certificate.
  std::string client_ca;
  // Another number: other material.
  uint64_t version = 0;
};

// The files of TLS, checked before they are used: every certificate can be read, key and
// certificate belong together, OpenSSL takes them (a key may be too short for it), and they have
// not expired. Thread-safe.
class TlsFiles {
 public:
  struct Paths {
    std::string certificate;
    std::string key;
    // Empty: clients need no certificate.
    std::string client_ca;
  };

  // InvalidArgument: names the file and what is wrong with it.
  static absl::StatusOr<std::unique_ptr<TlsFiles>> Open(Paths paths);

  // Takes over what the files hold now. True: something changed. An error as of Open: what was read
  // before stays in use; the same trouble is reported once.
  absl::StatusOr<bool> Reload();

  std::shared_ptr<const TlsMaterial> Get() const;
  bool asks_clients() const { return !paths_.client_ca.empty(); }

 private:
  explicit TlsFiles(Paths paths) : paths_(std::move(paths)) {}

  const Paths paths_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsMaterial> material_ ABSL_GUARDED_BY(mutex_);
  std::string trouble_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::access
