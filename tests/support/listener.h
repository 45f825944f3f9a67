#pragma once

#include <cstdint>
#include <string>

namespace paperwire::support {

// A port of 127.0.0.1 that somebody else holds: it listens and never answers.
class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  uint16_t port_;
  int descriptor_;
};

}  // namespace paperwire::support
