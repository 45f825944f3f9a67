#include "tests/support/hostile_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace paperwire::support {
namespace {

constexpr char kHeaders = 1;
constexpr char kReset = 3;
constexpr char kSettings = 4;
constexpr char kPing = 6;
constexpr char kData = 0;
constexpr char kEndStream = 1;
constexpr char kEndHeaders = 4;

std::string Number(uint64_t number, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(number >> (8 * i) & 0xff);
  return text;
}

std::string Frame(char type, char flags, uint32_t stream, const std::string& payload) {
  return Number(static_cast<uint32_t>(payload.size()), 3) + type + flags + Number(stream, 4) +
         payload;
}

// A header that no table keeps.
std::string Header(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name +
         static_cast<char>(value.size()) + value;
}

std::string CallHeaders(const std::string& path) {
  // 0x83 and 0x86 are ":method: POST" and ":scheme: http" of the table that all begin with.
  return "\x83\x86" + Header(":path", path) + Header(":authority", "localhost") +
         Header("content-type", "application/grpc") + Header("te", "trailers");
}

}  // namespace

HostilePeer::HostilePeer(uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    socket_ = made;
  } else {
    close(made);
  }
}

HostilePeer::~HostilePeer() {
  if (socket_ >= 0) close(socket_);
}

HostilePeer::HostilePeer(HostilePeer&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)) {}

bool HostilePeer::Send(const std::string& bytes) {
  return socket_ >= 0 && send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

bool HostilePeer::IsClosedWithin(std::chrono::milliseconds patience) {
  const auto deadline = patience.count();
  int64_t waited = 0;
  std::array<char, 4096> thrown{};
  // Each wait counts whole, so the sum is never less than was waited.
  constexpr int kStep = 20;
  while (waited <= deadline) {
    pollfd poll_set{.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&poll_set, 1, kStep) > 0 && recv(socket_, thrown.data(), thrown.size(), 0) <= 0) {
      return true;
    }
    waited += kStep;
  }
  return false;
}

bool HostilePeer::Receives(const std::string& bytes, std::chrono::milliseconds patience,
                           std::string* received) {
  std::string own;
  std::string& all = received == nullptr ? own : *received;
  std::array<char, 4096> some{};
  constexpr int kStep = 20;
  for (int64_t waited = 0; waited <= patience.count(); waited += kStep) {
    pollfd poll_set{.fd = socket_, .events = POLLIN, .revents = 0};
    if (poll(&poll_set, 1, kStep) <= 0) continue;
    const ssize_t count = recv(socket_, some.data(), some.size(), 0);
    if (count <= 0) return false;
    all.append(some.data(), static_cast<size_t>(count));
    if (all.find(bytes) != std::string::npos) return true;
  }
  return false;
}

std::string Http2Preface(uint32_t window) {
  constexpr uint32_t kInitialWindowSize = 4;
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
         Frame(kSettings, 0, 0, Number(kInitialWindowSize, 2) + Number(window, 4));
}

std::string Http2Ping() { return Frame(kPing, 0, 0, Number(1, 8)); }

std::string Http2Call(uint32_t stream, const std::string& path, const std::string& message,
                      const std::string& accepts) {
  const std::string framed =
      std::string(1, '\0') + Number(static_cast<uint32_t>(message.size()), 4) + message;
  return Frame(kHeaders, kEndHeaders, stream,
               CallHeaders(path) + Header("grpc-accept-encoding", accepts)) +
         Frame(kData, kEndStream, stream, framed);
}

std::string Http2PackedCall(uint32_t stream, const std::string& path, const std::string& packed) {
  constexpr size_t kLargestFrame = 16384;
  const std::string framed =
      std::string(1, '\1') + Number(static_cast<uint32_t>(packed.size()), 4) + packed;
  std::string call =
      Frame(kHeaders, kEndHeaders, stream, CallHeaders(path) + Header("grpc-encoding", "gzip"));
  for (size_t at = 0; at < framed.size(); at += kLargestFrame) {
    const bool last = at + kLargestFrame >= framed.size();
    call += Frame(kData, last ? kEndStream : 0, stream, framed.substr(at, kLargestFrame));
  }
  return call;
}

std::string Http2CallAndReset(uint32_t stream, const std::string& path) {
  constexpr uint32_t kCancel = 8;
  return Frame(kHeaders, kEndHeaders, stream, CallHeaders(path)) +
         Frame(kReset, 0, stream, Number(kCancel, 4));
}

}  // namespace paperwire::support
