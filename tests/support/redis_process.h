#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::tests {

// A real redis-server on 127.0.0.1, on a port and in a folder of its own, gone with this object
// (or with the thread that started it). Not thread-safe.
class RedisProcess {
 public:
  // Settings as redis-server has them, after those that every server here gets: appendonly yes,
  // appendfsync everysec, no snapshots.
  using Settings = std::vector<std::pair<std::string, std::string>>;

  // Whether redis-server is installed; tests skip where it is not.
  static bool Available();

  // Starts one and waits until it answers.
  static absl::StatusOr<std::unique_ptr<RedisProcess>> Start(Settings settings = {});
  // A Sentinel that minds one master, "mymaster", which may be replaced once it has been silent for
  // a third of a second; it needs nobody else's agreement.
  static absl::StatusOr<std::unique_ptr<RedisProcess>> StartSentinel(int master_port);
  ~RedisProcess();
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  // "redis://127.0.0.1:PORT".
  std::string Url() const;
  int port() const { return port_; }
  // A port on which nobody listens now.
  static int FreePort();
  const std::filesystem::path& folder() const { return folder_; }

  // As kill -9; returns when it is gone.
  void Kill();
  // As SIGTERM; returns when it is gone.
  void Stop();
  // SIGSTOP and SIGCONT.
  void Pause();
  void Resume();
  // After Kill or Stop: starts it again on the same port and data, and waits until it answers.
  absl::Status Restart();

  // Copies the data as they are now (the server stands still meanwhile). What was answered is
  // surely in it only under appendfsync always.
  absl::Status SaveData();
  // After Kill or Stop: puts that copy back: a server that has forgotten what came after.
  absl::Status RestoreData();

 private:
  explicit RedisProcess(Settings settings);
  static absl::StatusOr<std::unique_ptr<RedisProcess>> StartOnFreePort(
      std::unique_ptr<RedisProcess> redis);
  std::vector<std::string> Arguments() const;
  absl::Status Launch();
  absl::Status WaitUntilItAnswers();
  void End(int signal);

  Settings settings_;
  // Not 0: a Sentinel that minds the master there.
  int master_port_ = 0;
  std::filesystem::path folder_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace paperwire::tests
