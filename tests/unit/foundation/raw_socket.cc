#include "tests/unit/foundation/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace paperwire::foundation_test {
namespace {

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

RawSocket::~RawSocket() { ::close(descriptor_); }

bool RawSocket::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string RawSocket::ReadUntil(std::string_view end) const {
  std::string text;
  char letter = 0;
  while (!(text.ends_with(end) && !end.empty()) && ::recv(descriptor_, &letter, 1, 0) == 1) {
    text += letter;
  }
  return text;
}

std::string RawSocket::ReadAll() const {
  std::string text;
  std::array<char, 4096> block{};
  for (ssize_t got = 0; (got = ::recv(descriptor_, block.data(), block.size(), 0)) > 0;) {
    text.append(block.data(), static_cast<size_t>(got));
  }
  return text;
}

int ConnectTo(uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    std::abort();
  }
  return descriptor;
}

RawServer::RawServer(Answer answer) : RawServer(std::move(answer), /*reads=*/true) {}

RawServer::RawServer(AtOnce /*tag*/, Answer answer)
    : RawServer(std::move(answer), /*reads=*/false) {}

RawServer::RawServer(Answer answer, bool reads)
    : answer_(std::move(answer)),
      reads_(reads),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 128) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string RawServer::Url(std::string_view path) const {
  return std::string("http://127.0.0.1:").append(std::to_string(port_)).append(path);
}

void RawServer::Serve() {
  while (true) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const RawSocket socket(descriptor);
    const std::string request = reads_ ? socket.ReadUntil("\r\n\r\n") : "";
    answer_(socket, request);
  }
}

}  // namespace paperwire::foundation_test
