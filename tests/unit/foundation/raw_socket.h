#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace paperwire::foundation_test {

// One end of a TCP connection on loopback, for bytes that no proper client or server would send.
class RawSocket {
 public:
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {}
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  // False when the peer is gone.
  bool Send(std::string_view bytes) const;
  // Until `end` was read or the peer closed; what came.
  std::string ReadUntil(std::string_view end) const;
  // Until the peer closed.
  std::string ReadAll() const;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Connects to 127.0.0.1:port.
int ConnectTo(uint16_t port);

// Accepts connections on a free port, one after another, and hands each to `answer`, which gets
// the request's header (or what came of it). Ends when destroyed.
class RawServer {
 public:
  using Answer = std::function<void(const RawSocket&, const std::string& request)>;

  explicit RawServer(Answer answer);
  // `answer` is given the connection before anything was read from it.
  struct AtOnce {};
  RawServer(AtOnce, Answer answer);
  ~RawServer();

  std::string Url(std::string_view path) const;
  uint16_t port() const { return port_; }

 private:
  void Serve();

  RawServer(Answer answer, bool reads);

  Answer answer_;
  bool reads_;
  int listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace paperwire::foundation_test
