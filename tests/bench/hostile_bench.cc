// What peers that do not play by the rules cost those that do: p99 of a healthy client's ListPapers
// while others throw garbage, hold connections half open, connect a thousand times a second, leave
// answers unread or reset streams in a rush; and what the server then holds in memory. Goal: p99
// within twice of what it is in peace. Attackers, client and server share the machine's cores, so
// part of what is measured is the attackers' own work.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "libs/clock/clock.h"
#include "paperwire/v1/feed_service.grpc.pb.h"
#include "tests/bench/row.h"
#include "tests/integration/access/faces.h"
#include "tests/support/hostile_peer.h"

namespace paperwire::bench {
namespace {

using support::HostilePeer;
using Attack = std::function<void(uint16_t port, std::stop_token stop)>;

constexpr char kList[] = "/paperwire.v1.FeedService/ListPapers";
constexpr int kCalls = 1500;
constexpr std::chrono::milliseconds kPause{2};
const clock::SystemClock kClock;

// The server, in a process of its own.
struct Server {
  pid_t pid = 0;
  uint16_t port = 0;
};

// Before gRPC is touched in this process: it does not survive a fork.
Server Fork() {
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) std::exit(1);
  Server server{.pid = fork()};
  if (server.pid == 0) {
    serve::Faces faces({});
    const uint16_t port = faces.readers->port();
    if (write(pipe_ends[1], &port, sizeof(port)) != sizeof(port)) std::exit(1);
    pause();
    std::_Exit(0);
  }
  if (read(pipe_ends[0], &server.port, sizeof(server.port)) != sizeof(server.port)) std::exit(1);
  return server;
}

long ResidentKib(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  long total = 0;
  long resident = 0;
  file >> total >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

struct Latency {
  double p50 = 0;
  double p99 = 0;
  int failed = 0;
};

// In microseconds.
Latency Measure(uint16_t port) {
  const auto stub = v1::FeedService::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  Latency latency;
  std::vector<double> taken;
  for (int i = 0; i < kCalls; ++i) {
    grpc::ClientContext context;
    v1::ListPapersResponse response;
    const auto begin = kClock.SteadyNow();
    if (!stub->ListPapers(&context, {}, &response).ok()) ++latency.failed;
    taken.push_back(std::chrono::duration<double, std::micro>(kClock.SteadyNow() - begin).count());
    kClock.SleepFor(kPause, {});
  }
  std::sort(taken.begin(), taken.end());
  latency.p50 = taken[taken.size() / 2];
  latency.p99 = taken[taken.size() * 99 / 100];
  return latency;
}

void Garbage(uint16_t port, std::stop_token stop) {
  std::mt19937 random(20261122);
  while (kClock.SleepFor(std::chrono::milliseconds(2), stop)) {
    std::string bytes(1000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    HostilePeer(port).Send(bytes);
  }
}

void HalfOpen(uint16_t port, std::stop_token stop) {
  std::vector<HostilePeer> peers;
  while (kClock.SleepFor(std::chrono::milliseconds(5), stop)) {
    if (peers.size() < 500) peers.emplace_back(port);
  }
}

void Connects(uint16_t port, std::stop_token stop) {
  while (kClock.SleepFor(std::chrono::milliseconds(10), stop)) {
    for (int i = 0; i < 10; ++i) HostilePeer peer(port);
  }
}

void Unread(uint16_t port, std::stop_token stop) {
  std::vector<HostilePeer> peers;
  while (kClock.SleepFor(std::chrono::milliseconds(20), stop)) {
    if (peers.size() == 50) continue;
    HostilePeer& peer = peers.emplace_back(port);
    peer.Send(support::Http2Preface(0));
    for (uint32_t stream = 1; stream < 200; stream += 2) {
      peer.Send(support::Http2Call(stream, kList, ""));
    }
  }
}

void Resets(uint16_t port, std::stop_token stop) {
  while (!stop.stop_requested()) {
    HostilePeer peer(port);
    peer.Send(support::Http2Preface());
    for (uint32_t stream = 1; stream < 20000 && kClock.SleepFor(std::chrono::milliseconds(2), stop);
         stream += 20) {
      std::string burst;
      for (uint32_t i = 0; i < 20; i += 2) burst += support::Http2CallAndReset(stream + i, kList);
      if (!peer.Send(burst)) break;
    }
  }
}

int Run() {
  const Server server = Fork();
  Measure(server.port);
  const Latency quiet = Measure(server.port);
  const long before = ResidentKib(server.pid);
  std::cout << "in peace: p50 " << quiet.p50 << " us, p99 " << quiet.p99 << " us, " << before
            << " KiB\n";
  const std::pair<const char*, Attack> attacks[] = {{"garbage, 500/s", Garbage},
                                                    {"500 half-open connections", HalfOpen},
                                                    {"1,000 connects/s", Connects},
                                                    {"5,000 answers unread", Unread},
                                                    {"5,000 resets/s", Resets}};
  bool answered = true;
  for (const auto& [name, attack] : attacks) {
    Latency under;
    long most = 0;
    {
      const std::jthread attacker(
          [&attack = attack, &server](std::stop_token stop) { attack(server.port, stop); });
      under = Measure(server.port);
      most = ResidentKib(server.pid);
    }
    answered = answered && under.failed == 0;
    std::cout << name << ": p50 " << under.p50 << " us, p99 " << under.p99 << " us, failed "
              << under.failed << ", " << most << " KiB\n";
    Print({.name = std::string("healthy p99 under ") + name,
           .ours = under.p99,
           .limit = quiet.p99,
           .ratio = quiet.p99 / under.p99,
           .goal = 0.5,
           .unit = "us"});
  }
  kill(server.pid, SIGKILL);
  waitpid(server.pid, nullptr, 0);
  return answered ? 0 : 1;
}

}  // namespace
}  // namespace paperwire::bench

int main() { return paperwire::bench::Run(); }
