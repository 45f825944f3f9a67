#pragma once

#include <memory>
#include <string>

#include "tests/support/certificates.h"

namespace paperwire::foundation_test {

// Answers every request on a free port of 127.0.0.1 with "ok", over TLS. Callers that break off are
// let go.
class TlsServer {
 public:
  explicit TlsServer(const support::Certificate& certificate);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  // "https://127.0.0.1:…/".
  std::string Url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace paperwire::foundation_test
