#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace paperwire::support {

// A TCP connection to 127.0.0.1 whose other end is spoken to byte by byte, by a few lines of socket
// calls that share no code with what they test. Not thread-safe.
class HostilePeer {
 public:
  // No connection (open() is false) when it is refused.
  explicit HostilePeer(uint16_t port);
  ~HostilePeer();
  HostilePeer(HostilePeer&& other) noexcept;
  HostilePeer(const HostilePeer&) = delete;
  HostilePeer& operator=(const HostilePeer&) = delete;
  HostilePeer& operator=(HostilePeer&&) = delete;

  bool open() const { return socket_ >= 0; }
  // What can be sent without waiting; false: the other end is gone.
  bool Send(const std::string& bytes);
  // Whether the other end sends these bytes within `patience`; all that came is put into
  // `received`.
  bool Receives(const std::string& bytes, std::chrono::milliseconds patience,
                std::string* received = nullptr);
  // Whether the other end closes within `patience`; what it sends is thrown away.
  bool IsClosedWithin(std::chrono::milliseconds patience);

 private:
  int socket_ = -1;
};

// The beginning of an HTTP/2 connection; streams may send `window` bytes before they must be asked
// for more.
std::string Http2Preface(uint32_t window = 65535);
// A gRPC call of `path` with `message` on `stream` (1, 3, 5, …); `accepts`: how the answer may be
// packed.
std::string Http2Call(uint32_t stream, const std::string& path, const std::string& message,
                      const std::string& accepts = "identity");
std::string Http2Ping();
// The same with a message that gzip has packed.
std::string Http2PackedCall(uint32_t stream, const std::string& path, const std::string& packed);
// Only its headers, and the end of the stream by a reset.
std::string Http2CallAndReset(uint32_t stream, const std::string& path);

}  // namespace paperwire::support
