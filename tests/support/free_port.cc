#include "tests/support/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace paperwire::support {
namespace {

constexpr int kFirst = 18000;
constexpr int kCount = 14000;

bool CanListen(uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool free =
      bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(descriptor);
  return free;
}

}  // namespace

uint16_t FreePort() {
  // Programs that run side by side begin at different places.
  static std::atomic<int> next{static_cast<int>(getpid()) * 37 % kCount};
  for (int tries = 0; tries < kCount; ++tries) {
    const auto port = static_cast<uint16_t>(kFirst + next++ % kCount);
    if (CanListen(port)) return port;
  }
  std::abort();
}

}  // namespace paperwire::support
