#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace paperwire::redis {

// Speaks to one client after another. For each piece of data that arrives on a connection it sends
// the next line of that connection's script, whatever was asked; after the last it hangs up, or
// stays silent where the script ends with kSilence.
class ScriptedServer {
 public:
  using Lines = std::vector<std::string>;
  static constexpr const char* kSilence = "(silence)";

  explicit ScriptedServer(std::vector<Lines> connections) : connections_(std::move(connections)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 8);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }

  ~ScriptedServer() {
    shutdown(listener_, SHUT_RDWR);
    if (const int open = open_.exchange(-1); open >= 0) shutdown(open, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  std::string Url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  int accepted() const { return accepted_; }

 private:
  void Serve() {
    for (const auto& script : connections_) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      open_ = client;
      ++accepted_;
      Play(client, script);
      open_ = -1;
      close(client);
    }
  }

  static void Play(int client, const Lines& script) {
    char buffer[65536];
    for (const std::string& line : script) {
      if (recv(client, buffer, sizeof buffer, 0) <= 0) return;
      if (line == kSilence) {
        while (recv(client, buffer, sizeof buffer, 0) > 0) {
        }
        return;
      }
      if (send(client, line.data(), line.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  std::vector<Lines> connections_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> open_{-1};
  std::atomic<int> accepted_{0};
  std::thread thread_;
};

}  // namespace paperwire::redis
