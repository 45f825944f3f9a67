#include "tests/support/redis_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "libs/redis/client.h"

namespace paperwire::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kTries = 2000;
constexpr std::chrono::milliseconds kBetweenTries{10};

fs::path NewFolder() {
  std::string pattern = (fs::temp_directory_path() / "paperwire-redis-XXXXXX").string();
  return mkdtemp(pattern.data());
}

std::string LogOf(const fs::path& folder) {
  std::ifstream file(folder / "log");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

int RedisProcess::FreePort() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(probe, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  close(probe);
  return ntohs(address.sin_port);
}

bool RedisProcess::Available() {
  std::istringstream folders(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/redis-server").c_str(), X_OK) == 0) return true;
  }
  return false;
}

RedisProcess::RedisProcess(Settings settings)
    : settings_(std::move(settings)), folder_(NewFolder()) {
  fs::create_directory(folder_ / "data");
}

RedisProcess::~RedisProcess() {
  Kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

absl::StatusOr<std::unique_ptr<RedisProcess>> RedisProcess::Start(Settings settings) {
  return StartOnFreePort(std::unique_ptr<RedisProcess>(new RedisProcess(std::move(settings))));
}

absl::StatusOr<std::unique_ptr<RedisProcess>> RedisProcess::StartSentinel(int master_port) {
  std::unique_ptr<RedisProcess> sentinel(new RedisProcess({}));
  sentinel->master_port_ = master_port;
  return StartOnFreePort(std::move(sentinel));
}

absl::StatusOr<std::unique_ptr<RedisProcess>> RedisProcess::StartOnFreePort(
    std::unique_ptr<RedisProcess> redis) {
  // Somebody else may take the port between finding it and using it.
  constexpr int kPorts = 5;
  absl::Status status;
  for (int i = 0; i < kPorts; ++i) {
    redis->port_ = FreePort();
    status = redis->Restart();
    if (status.ok()) return redis;
    redis->Kill();
    fs::remove(redis->folder_ / "sentinel.conf");
  }
  return status;
}

std::string RedisProcess::Url() const { return fmt::format("redis://127.0.0.1:{}", port_); }

std::vector<std::string> RedisProcess::Arguments() const {
  const std::string log = (folder_ / "log").string();
  if (master_port_ != 0) {
    // It keeps what it finds out in this file.
    const std::string file = (folder_ / "sentinel.conf").string();
    if (!fs::exists(file)) {
      std::ofstream(file) << fmt::format(
          "port {}\nbind 127.0.0.1\ndir {}\nlogfile {}\n"
          "sentinel monitor mymaster 127.0.0.1 {} 1\n"
          "sentinel down-after-milliseconds mymaster 333\n"
          "sentinel failover-timeout mymaster 3000\n",
          port_, (folder_ / "data").string(), log, master_port_);
    }
    return {"redis-server", file, "--sentinel"};
  }
  std::vector<std::string> arguments = {"redis-server",
                                        "--port",
                                        std::to_string(port_),
                                        "--bind",
                                        "127.0.0.1",
                                        "--dir",
                                        (folder_ / "data").string(),
                                        "--logfile",
                                        log,
                                        "--save",
                                        "",
                                        "--appendonly",
                                        "yes",
                                        "--appendfsync",
                                        "everysec"};
  for (const auto& [name, value] : settings_) {
    arguments.push_back("--" + name);
    arguments.push_back(value);
  }
  return arguments;
}

absl::Status RedisProcess::Launch() {
  std::vector<std::string> arguments = Arguments();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) return absl::InternalError("cannot fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    execvp(pointers[0], pointers.data());
    _exit(127);
  }
  return absl::OkStatus();
}

absl::Status RedisProcess::WaitUntilItAnswers() {
  for (int i = 0; i < kTries; ++i) {
    // A new client each time, for one that failed backs off.
    auto client = redis::Client::Create({.url = Url()});
    if (!client.ok()) return client.status();
    const auto answer = (*client)->Call({"PING"}).status();
    const bool loading = std::string(answer.message()).starts_with("LOADING");
    const bool away = std::string(answer.message()).starts_with("connection");
    if (!loading && !away) return absl::OkStatus();
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return absl::InternalError("redis-server ended:\n" + LogOf(folder_));
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return absl::DeadlineExceededError("redis-server does not answer:\n" + LogOf(folder_));
}

absl::Status RedisProcess::Restart() {
  if (auto status = Launch(); !status.ok()) return status;
  return WaitUntilItAnswers();
}

void RedisProcess::End(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  kill(pid_, SIGCONT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisProcess::Kill() { End(SIGKILL); }
void RedisProcess::Stop() { End(SIGTERM); }

void RedisProcess::Pause() {
  kill(pid_, SIGSTOP);
  waitpid(pid_, nullptr, WUNTRACED);
}

void RedisProcess::Resume() { kill(pid_, SIGCONT); }

absl::Status RedisProcess::SaveData() {
  Pause();
  std::error_code error;
  fs::remove_all(folder_ / "saved", error);
  fs::copy(folder_ / "data", folder_ / "saved", fs::copy_options::recursive, error);
  Resume();
  return error ? absl::InternalError(error.message()) : absl::OkStatus();
}

absl::Status RedisProcess::RestoreData() {
  std::error_code error;
  fs::remove_all(folder_ / "data", error);
  fs::copy(folder_ / "saved", folder_ / "data", fs::copy_options::recursive, error);
  return error ? absl::InternalError(error.message()) : absl::OkStatus();
}

}  // namespace paperwire::tests
