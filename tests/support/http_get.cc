#include "tests/support/http_get.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace paperwire::support {

HttpAnswer HttpGet(uint16_t port, const std::string& target) {
  HttpAnswer answer;
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::string received;
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = "GET " + target +
                                " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
                                "Connection: close\r\n\r\n";
    send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[16384];
    for (ssize_t got = 0; (got = recv(descriptor, buffer, sizeof(buffer), 0)) > 0;) {
      received.append(buffer, static_cast<size_t>(got));
    }
  }
  close(descriptor);
  const size_t end = received.find("\r\n\r\n");
  if (end == std::string::npos || received.size() < 12) return answer;
  answer.status = std::atoi(received.c_str() + 9);
  answer.head = received.substr(0, end);
  answer.body = received.substr(end + 4);
  return answer;
}

double MetricSum(const std::string& metrics, const std::string& prefix) {
  std::istringstream lines(metrics);
  double sum = 0;
  bool found = false;
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.rfind(' ');
    if (!line.starts_with(prefix) || space == std::string::npos) continue;
    sum += std::strtod(line.c_str() + space, nullptr);
    found = true;
  }
  return found ? sum : -1;
}

}  // namespace paperwire::support
