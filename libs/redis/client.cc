#include "libs/redis/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/redis/connection.h"
#include "libs/redis/dialer.h"
#include "libs/redis/url.h"

namespace paperwire::redis {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{2000};
// A cluster that goes on sending us around is not one that is well.
constexpr int kMostRedirects = 4;

bool BeginsWithWord(std::string_view text, std::string_view word) {
  return text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

bool IsMoved(const Reply& reply) {
  return reply.kind == Reply::Kind::kError && BeginsWithWord(reply.text, "MOVED");
}

// Where the URL now leads to another server, only a new connection finds it.
bool IsElsewhere(const Reply& reply) {
  return reply.kind == Reply::Kind::kError &&
         (BeginsWithWord(reply.text, "READONLY") || BeginsWithWord(reply.text, "MASTERDOWN") ||
          BeginsWithWord(reply.text, "CLUSTERDOWN"));
}

}  // namespace

struct Client::State {
  State(Url url, const Options& options) : dialer(std::move(url), options) {}

  Dialer dialer;
  clock::SystemClock clock;
  std::mutex mutex;
  std::unique_ptr<Connection> connection;
  std::atomic<uint64_t> connections{0};
  // After a failed connect: until when calls fail at once, and with what.
  milliseconds pause{0};
  clock::SteadyTime retry_at{};
  absl::Status last_failure;
  std::minstd_rand random{std::random_device()()};

  absl::Status EnsureConnection() {
    if (connection && connection->Quiet()) return absl::OkStatus();
    connection.reset();
    if (pause.count() > 0 && clock.SteadyNow() < retry_at) return last_failure;
    auto opened = dialer.Dial();
    if (opened.ok()) {
      connection = *std::move(opened);
      ++connections;
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

  absl::StatusOr<std::vector<Reply>> Exchange(size_t count, const CommandAt& command) {
    if (auto status = EnsureConnection(); !status.ok()) return status;
    auto replies = connection->Exchange(count, command);
    if (!replies.ok()) connection.reset();
    return replies;
  }

  // Sends what a node of a cluster did not do for it does not hold the keys to the one that does.
  absl::Status FollowMoved(const CommandAt& command, std::vector<Reply>& replies) {
    for (int redirect = 0; redirect < kMostRedirects; ++redirect) {
      std::vector<size_t> moved;
      for (size_t i = 0; i < replies.size(); ++i) {
        if (IsMoved(replies[i])) moved.push_back(i);
      }
      if (moved.empty() || !dialer.Follow(replies[moved.front()].text)) break;
      connection.reset();
      auto answered =
          Exchange(moved.size(), [&](size_t i) -> const Command& { return command(moved[i]); });
      if (!answered.ok()) return answered.status();
      for (size_t i = 0; i < moved.size(); ++i) replies[moved[i]] = std::move((*answered)[i]);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Reply>> Pipeline(size_t count, const CommandAt& command) {
    if (count == 0) return std::vector<Reply>();
    const std::lock_guard lock(mutex);
    auto replies = Exchange(count, command);
    if (!replies.ok()) return replies;
    if (std::ranges::any_of(*replies, IsMoved)) {
      if (auto status = FollowMoved(command, *replies); !status.ok()) return status;
    }
    if (std::ranges::any_of(*replies, IsElsewhere)) {
      connection.reset();
      dialer.TryElsewhere();
    }
    return replies;
  }
};

absl::StatusOr<std::unique_ptr<Client>> Client::Create(const Options& options) {
  auto url = ParseUrl(options.url);
  if (!url.ok()) return url.status();
  if (url->tls && !HasTls()) {
    return absl::InvalidArgumentError(
        "Redis URL: rediss:// asks for TLS, and this build has none: it was made with a hiredis "
        "older than 1.0, or without its hiredis_ssl. Build with them, or use redis:// or a unix "
        "socket, through a TLS tunnel where needed");
  }
  return std::unique_ptr<Client>(new Client(std::make_unique<State>(*std::move(url), options)));
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
  return state_->Pipeline(commands.size(), [&](size_t i) -> const Command& { return commands[i]; });
}

absl::StatusOr<std::vector<Reply>> Client::Pipeline(size_t count,
                                                    const std::function<Command(size_t)>& make) {
  Command made;
  return state_->Pipeline(count, [&](size_t i) -> const Command& { return made = make(i); });
}

uint64_t Client::connections() const { return state_->connections; }

absl::Status Client::StatusOf(const Reply& reply) {
  if (reply.kind != Reply::Kind::kError) return absl::OkStatus();
  static constexpr std::string_view kStates[] = {
      "LOADING", "READONLY", "MISCONF",    "OOM",  "NOSCRIPT",   "CLUSTERDOWN",
      "MOVED",   "ASK",      "MASTERDOWN", "BUSY", "NOREPLICAS", "TRYAGAIN"};
  for (const std::string_view state : kStates) {
    if (BeginsWithWord(reply.text, state)) return absl::UnavailableError(reply.text);
  }
  if (reply.text.starts_with("ERR max number of clients")) {
    return absl::UnavailableError("connection refused by Redis: " + reply.text);
  }
  return absl::FailedPreconditionError("Redis answered: " + reply.text);
}

}  // namespace paperwire::redis
