#include "libs/redis/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/redis/connection.h"
#include "libs/redis/url.h"

namespace paperwire::redis {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{2000};

bool BeginsWithWord(std::string_view text, std::string_view word) {
  return text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

}  // namespace

struct Client::State {
  Options options;
  Url url;
  clock::SystemClock clock;
  std::mutex mutex;
  std::unique_ptr<Connection> connection;
  // After a failed connect: until when calls fail at once, and with what.
  milliseconds pause{0};
  clock::SteadyTime retry_at{};
  absl::Status last_failure;
  std::minstd_rand random{std::random_device()()};

  absl::Status EnsureConnection() {
    if (connection && connection->Quiet()) return absl::OkStatus();
    connection.reset();
    if (pause.count() > 0 && clock.SteadyNow() < retry_at) return last_failure;
    auto opened = Connection::Open(url, options);
    if (opened.ok()) {
      connection = *std::move(opened);
      pause = milliseconds{0};
      return absl::OkStatus();
    }
    pause = std::clamp(pause * 2, kFirstPause, kLongestPause);
    // Full jitter: many clients of one server come back spread out.
    retry_at = clock.SteadyNow() +
               milliseconds{std::uniform_int_distribution<int64_t>(0, pause.count())(random)};
    last_failure = opened.status();
    return last_failure;
  }
};

absl::StatusOr<std::unique_ptr<Client>> Client::Create(Options options) {
  auto url = ParseUrl(options.url);
  if (!url.ok()) return url.status();
  if (url->tls && !HasTls()) {
    return absl::InvalidArgumentError(
        "Redis URL: rediss:// asks for TLS, and this build has none (it was made without "
        "hiredis_ssl); use redis:// or a unix socket, through a TLS tunnel where needed");
  }
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->url = *std::move(url);
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;

absl::StatusOr<Reply> Client::Call(const Command& command) {
  auto replies = Pipeline(std::span(&command, 1));
  if (!replies.ok()) return replies.status();
  if (auto status = StatusOf(replies->front()); !status.ok()) return status;
  return std::move(replies->front());
}

absl::StatusOr<std::vector<Reply>> Client::Pipeline(std::span<const Command> commands) {
  if (commands.empty()) return std::vector<Reply>();
  const std::lock_guard lock(state_->mutex);
  if (auto status = state_->EnsureConnection(); !status.ok()) return status;
  auto replies = state_->connection->Exchange(commands);
  if (!replies.ok()) {
    state_->connection.reset();
    return replies;
  }
  // Where the name now leads to another server, only a new connection finds it.
  const auto elsewhere = [](const Reply& reply) {
    return reply.kind == Reply::Kind::kError &&
           (BeginsWithWord(reply.text, "READONLY") || BeginsWithWord(reply.text, "MASTERDOWN"));
  };
  if (std::ranges::any_of(*replies, elsewhere)) state_->connection.reset();
  return replies;
}

absl::Status Client::StatusOf(const Reply& reply) {
  if (reply.kind != Reply::Kind::kError) return absl::OkStatus();
  static constexpr std::string_view kStates[] = {"LOADING", "READONLY",    "MISCONF",
                                                 "OOM",     "CLUSTERDOWN", "MASTERDOWN",
                                                 "BUSY",    "NOREPLICAS",  "TRYAGAIN"};
  for (const std::string_view state : kStates) {
    if (BeginsWithWord(reply.text, state)) return absl::UnavailableError(reply.text);
  }
  if (reply.text.starts_with("ERR max number of clients")) {
    return absl::UnavailableError("connection refused by Redis: " + reply.text);
  }
  return absl::FailedPreconditionError("Redis answered: " + reply.text);
}

}  // namespace paperwire::redis
