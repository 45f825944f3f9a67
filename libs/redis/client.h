#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::redis {

// A reply, as RESP2 has it.
struct Reply {
  enum class Kind { kNil, kInteger, kString, kStatus, kArray, kError };
  Kind kind = Kind::kNil;
  int64_t integer = 0;
  // The bytes of a string, status or error.
  std::string text;
  std::vector<Reply> elements;
};

using Command = std::vector<std::string>;

struct Options {
  // Forms: url.h. "rediss" (TLS) only where hiredis has it.
  std::string url = "redis://127.0.0.1:6379";
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds command_timeout{5000};
};

// A connection to one Redis or Valkey server: the one of the URL, the master that Sentinels name,
// or the node of a cluster that holds the keys (MOVED is followed, a few times). Thread-safe: calls
// take turns. It connects when first used, and anew after any error (a context is never used again
// after one), with back-off.
//
// A server that is not itself is Unavailable, the message begins with which state it is in:
// "LOADING", "READONLY", "MISCONF", "OOM", "NOSCRIPT", "CLUSTERDOWN", "MOVED", "ASK", "TRYAGAIN",
// "MASTERDOWN", "NOREPLICAS", "BUSY", "connection".
// Other error replies are FailedPrecondition (WRONGTYPE, NOPERM, …) with the server's words.
class Client {
 public:
  // InvalidArgument: the URL is not one, or asks for TLS that this build lacks.
  static absl::StatusOr<std::unique_ptr<Client>> Create(const Options& options);
  ~Client();

  absl::StatusOr<Reply> Call(const Command& command);
  // All at once; replies in order. An error reply to one command is a Reply of kind kError; the
  // status is not OK only when the connection failed (none, some or all may have been done).
  absl::StatusOr<std::vector<Reply>> Pipeline(std::span<const Command> commands);

  // The same with commands that are made one by one, while those before are on their way. `make` is
  // called in order, for a position more than once where a server did not do it.
  absl::StatusOr<std::vector<Reply>> Pipeline(size_t count,
                                              const std::function<Command(size_t)>& make);

  // How often it has connected: after another number it may be another server that answers, or the
  // same one restarted.
  uint64_t connections() const;

  // Maps an error reply to the statuses above.
  static absl::Status StatusOf(const Reply& reply);

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A Lua script, called by its SHA-1; loaded again whenever the server does not know it (NOSCRIPT),
// inside pipelines too.
class Script {
 public:
  explicit Script(std::string source);

  struct Call {
    std::vector<std::string> keys;
    std::vector<std::string> arguments;
  };
  absl::StatusOr<Reply> Run(Client& client, const Call& call) const;
  // In order, in one pipeline; both as Client::Pipeline.
  absl::StatusOr<std::vector<Reply>> RunAll(Client& client, std::span<const Call> calls) const;
  absl::StatusOr<std::vector<Reply>> RunAll(Client& client, size_t count,
                                            const std::function<Call(size_t)>& make) const;

  const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::string sha1_;
};

// Refuses, with FailedPrecondition naming the setting, a server whose maxmemory-policy evicts.
absl::Status RequireNoEviction(Client& client);

}  // namespace paperwire::redis
