#include "tests/support/arxiv/door.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "libs/http/listen_address.h"
#include "libs/http/request_target.h"
#include "libs/http/response_head.h"

namespace paperwire::arxiv {
namespace {

constexpr size_t kMaxHead = 65536;
constexpr size_t kMaxBody = 1u << 20;
constexpr int kPollMs = 50;

bool SendAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// False: nothing more comes.
bool Receive(int descriptor, std::string& buffer) {
  std::array<char, 16384> bytes;
  const ssize_t got = recv(descriptor, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  buffer.append(bytes.data(), static_cast<size_t>(got));
  return true;
}

std::string Head(const http::Response& response) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status,
                                 std::string(http::ReasonPhrase(response.status)));
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (!response.content_type.empty()) {
    head += fmt::format("Content-Type: {}\r\n", response.content_type);
  }
  if (http::HasBody(response.status)) {
    head += fmt::format("Content-Length: {}\r\n", response.body ? response.body->size() : 0);
  }
  return head + "\r\n";
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The request and its target of a head without the empty line; nothing: not a request.
std::optional<std::pair<http::Request, std::string>> ParseHead(std::string_view head) {
  http::Request request;
  const size_t line_end = std::min(head.find("\r\n"), head.size());
  const std::string_view line = head.substr(0, line_end);
  const size_t first = line.find(' ');
  const size_t second = line.rfind(' ');
  if (first == std::string_view::npos || second <= first) return std::nullopt;
  request.method = line.substr(0, first);
  std::string target(line.substr(first + 1, second - first - 1));
  if (!http::ParseTarget(target, request)) return std::nullopt;
  head.remove_prefix(std::min(line_end + 2, head.size()));
  while (!head.empty()) {
    const size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view header = head.substr(0, end);
    const size_t colon = std::min(header.find(':'), header.size());
    request.headers[Lower(header.substr(0, colon))] =
        Trim(header.substr(std::min(colon + 1, header.size())));
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return std::pair(std::move(request), std::move(target));
}

}  // namespace

Door::Door(const std::string& listen_text, Handler handler) : handler_(std::move(handler)) {
  const absl::StatusOr<http::ListenAddress> address = http::ParseListenAddress(listen_text);
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in bound{};
  bound.sin_family = AF_INET;
  const int on = 1;
  setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  socklen_t size = sizeof(bound);
  bool fine = address.ok() && inet_pton(AF_INET, address->host.c_str(), &bound.sin_addr) == 1;
  if (fine) bound.sin_port = htons(address->port);
  fine = fine && bind(descriptor_, reinterpret_cast<const sockaddr*>(&bound), size) == 0 &&
         listen(descriptor_, 64) == 0 &&
         getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &size) == 0;
  if (!fine) {
    fmt::print(stderr, "cannot listen at {}\n", listen_text);
    std::abort();
  }
  port_ = ntohs(bound.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

Door::~Door() {
  closing_ = true;
  shutdown(descriptor_, SHUT_RDWR);
  acceptor_.join();
  close(descriptor_);
  std::list<Visit> visits;
  {
    const std::lock_guard lock(mutex_);
    for (Visit& visit : visits_) {
      if (visit.descriptor >= 0) shutdown(visit.descriptor, SHUT_RDWR);
    }
    visits.swap(visits_);
  }
  for (Visit& visit : visits) visit.thread.join();
}

void Door::Accept() {
  int number = 0;
  while (!closing_) {
    const int descriptor = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (closing_) return;
      continue;
    }
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const std::lock_guard lock(mutex_);
    for (auto at = visits_.begin(); at != visits_.end();) {
      if (!at->over) {
        ++at;
        continue;
      }
      at->thread.join();
      at = visits_.erase(at);
    }
    Visit& visit = visits_.emplace_back();
    visit.descriptor = descriptor;
    visit.thread = std::thread([this, &visit, number = ++number] { Serve(visit, number); });
  }
}

void Door::Serve(Visit& visit, int number) {
  std::string buffer;
  while (!closing_ && AnswerOne(visit.descriptor, buffer, number)) {
  }
  const std::lock_guard lock(mutex_);
  close(visit.descriptor);
  visit.descriptor = -1;
  visit.over = true;
}

bool Door::AnswerOne(int descriptor, std::string& buffer, int number) {
  size_t end;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (buffer.size() > kMaxHead || !Receive(descriptor, buffer)) return false;
  }
  auto parsed = ParseHead(std::string_view(buffer).substr(0, end));
  buffer.erase(0, end + 4);
  if (!parsed) return false;
  auto& [request, target] = *parsed;
  const size_t length = std::min<size_t>(
      std::strtoul(request.headers["content-length"].c_str(), nullptr, 10), kMaxBody);
  if (length == 0) request.headers.erase("content-length");
  while (buffer.size() < length) {
    if (!Receive(descriptor, buffer)) return false;
  }
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);

  Delivery delivery = handler_(request, target, number);
  using How = Delivery::How;
  const bool forever = delivery.how == How::kNothing && delivery.delay.count() == 0;
  if (!Wait(descriptor, forever ? std::chrono::hours(24) : delivery.delay)) return false;
  if (delivery.how == How::kNothing) return false;
  if (delivery.how == How::kReset) {
    // With no time to linger, closing sends RST.
    const linger hard{.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    return false;
  }
  // Before the client can know that it is answered, so that its next request finds nobody at work.
  delivery.work.reset();
  if (!SendAll(descriptor, Head(delivery.response))) return false;
  if (request.method == "HEAD" || !delivery.response.body) return true;
  std::string_view body = *delivery.response.body;
  if (delivery.how == How::kCut) {
    SendAll(descriptor, body.substr(0, body.size() / 2));
    return false;
  }
  return SendAll(descriptor, body) && request.headers["connection"] != "close";
}

bool Door::Wait(int descriptor, std::chrono::milliseconds delay) const {
  for (auto left = delay; left.count() > 0; left -= std::chrono::milliseconds(kPollMs)) {
    if (closing_) return false;
    pollfd gone{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
    const int wait = static_cast<int>(std::min<int64_t>(kPollMs, left.count()));
    if (poll(&gone, 1, wait) > 0) return false;
  }
  return true;
}

}  // namespace paperwire::arxiv
