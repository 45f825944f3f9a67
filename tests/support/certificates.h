#pragma once

#include <memory>
#include <string>

namespace paperwire::support {

// A certificate and its key, as PEM.
struct Certificate {
  std::string certificate;
  std::string key;
};

// Signs certificates for tests; every authority has a key of its own. Not thread-safe.
class Authority {
 public:
  Authority();
  ~Authority();

  // Of the authority itself.
  const std::string& certificate() const { return certificate_; }
  // For a server on 127.0.0.1, ::1 and localhost, or for a client of that name. Valid for a day, or
  // since a day no more.
  Certificate Sign(const std::string& name, bool expired = false) const;
  // With a key of 1,024 bits, which OpenSSL finds too short.
  Certificate SignWeak(const std::string& name) const;

 private:
  struct Keys;
  // `key`: an EVP_PKEY, which it frees.
  Certificate SignKey(const std::string& name, void* key, bool expired) const;

  std::unique_ptr<Keys> keys_;
  std::string certificate_;
};

}  // namespace paperwire::support
