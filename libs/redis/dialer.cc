#include "libs/redis/dialer.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace paperwire::redis {
namespace {

absl::Status Unfit(const Address& address, std::string_view what) {
  return absl::UnavailableError(
      fmt::format("connection to Redis at {}: {}", address.ToString(), what));
}

}  // namespace

Dialer::Dialer(Url url, const Options& options) : url_(std::move(url)), options_(options) {}

absl::StatusOr<std::unique_ptr<Connection>> Dialer::Dial() {
  if (!url_.path.empty()) return Connection::Open(url_, options_);
  if (moved_) {
    auto connection = Open(url_.At(*moved_));
    if (connection.ok()) return connection;
    // That node may be gone; the others know who took over.
    moved_.reset();
  }
  absl::Status failure;
  for (size_t tried = 0; tried < url_.addresses.size(); ++tried) {
    const Address& address = url_.addresses[next_];
    auto connection = url_.service.empty() ? Open(url_.At(address)) : OpenMaster(address);
    if (connection.ok()) return connection;
    failure = connection.status();
    // What a server refuses, the next one would too.
    if (!absl::IsUnavailable(failure)) break;
    next_ = (next_ + 1) % url_.addresses.size();
  }
  return failure;
}

bool Dialer::Follow(const std::string& moved) {
  auto address = ParseMoved(moved, here_);
  if (!address.ok()) return false;
  moved_ = *std::move(address);
  return true;
}

void Dialer::TryElsewhere() {
  moved_.reset();
  if (!url_.addresses.empty()) next_ = (next_ + 1) % url_.addresses.size();
}

absl::StatusOr<std::unique_ptr<Connection>> Dialer::Open(const Url& url) {
  auto connection = Connection::Open(url, options_);
  if (connection.ok()) here_ = url.addresses.front();
  return connection;
}

absl::StatusOr<std::unique_ptr<Connection>> Dialer::OpenMaster(const Address& sentinel) {
  auto asked = Connection::Open(url_.AtSentinel(sentinel), options_);
  if (!asked.ok()) return asked.status();
  const Command question = {"SENTINEL", "get-master-addr-by-name", url_.service};
  const auto answer = (*asked)->Exchange(std::span(&question, 1));
  if (!answer.ok()) return answer.status();
  const Reply& named = answer->front();
  if (auto status = Client::StatusOf(named); !status.ok()) return status;
  if (named.elements.size() != 2) {
    return Unfit(sentinel, fmt::format("Sentinel knows no master named '{}'", url_.service));
  }
  Address master{.host = named.elements[0].text, .port = 0};
  const std::string& port = named.elements[1].text;
  std::from_chars(port.data(), port.data() + port.size(), master.port);

  auto connection = Open(url_.At(master));
  if (!connection.ok()) return connection.status();
  // A Sentinel that is behind still names the old one. Who may not ask finds out by writing.
  const Command role = {"ROLE"};
  const auto reply = (*connection)->Exchange(std::span(&role, 1));
  if (!reply.ok()) return reply.status();
  if (!reply->front().elements.empty() && reply->front().elements[0].text != "master") {
    return Unfit(master, "Sentinel names it as master, and it is none (any more)");
  }
  return connection;
}

}  // namespace paperwire::redis
