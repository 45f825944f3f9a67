// The window's upsert against its own Lua script driven flat out by redis-benchmark: the same
// server, script, arguments and pipeline depth, in turns, the best of each.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "libs/redis/client.h"
#include "libs/window/redis_calls.h"
#include "libs/window/redis_window.h"
#include "tests/bench/cards.h"
#include "tests/bench/row.h"
#include "tests/support/redis_process.h"

namespace paperwire {
namespace {

constexpr int kDepth = 64;
constexpr int kRecords = 20'000;
constexpr int kRounds = 3;
constexpr double kGoal = 0.8;
constexpr char kOldest[] = "2026-06-01";
const bus::TopicPartition kPartition{.topic = "tagged", .partition = 0};

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

// Upserts a second through the window; each record another paper.
absl::StatusOr<double> Ours(redis::Client& client, const std::vector<v1::Entry>& cards) {
  if (auto flushed = client.Call({"FLUSHALL"}); !flushed.ok()) return flushed.status();
  const auto window = window::MakeRedisWindow(client, {.prefix = "pw", .cluster_id = "bench"});
  const auto begun = window->Begin({{kPartition, 0}});
  if (!begun.ok()) return begun.status();
  std::vector<window::Write> writes(kDepth);
  int64_t at = -1;
  double seconds = 0;
  for (int done = 0; done < kRecords; done += kDepth) {
    for (int i = 0; i < kDepth; ++i) {
      writes[static_cast<size_t>(i)] = {
          .offset = done + i,
          .skip = false,
          .removed = false,
          .entry = cards[static_cast<size_t>(done + i) % cards.size()]};
    }
    const auto start = std::chrono::steady_clock::now();
    const auto applied = window->Apply(begun->epoch, kPartition, at, kOldest, writes);
    seconds += Seconds(start);
    if (!applied.ok()) return applied.status();
    at = applied->stored_offset;
    for (const auto verdict : applied->verdicts) {
      if (verdict != window::Verdict::kApplied) return absl::InternalError("not applied");
    }
  }
  return static_cast<double>(at) / seconds;
}

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

// Calls a second by redis-benchmark with `connections`; random ids and revisions, so that each is
// another paper here too. The offset expected and stored are equal, so that no call is fenced.
absl::StatusOr<double> Limit(redis::Client& client, const tests::RedisProcess& server,
                             const v1::Entry& card, int connections) {
  if (auto flushed = client.Call({"FLUSHALL"}); !flushed.ok()) return flushed.status();
  const auto sha = client.Call({"SCRIPT", "LOAD", window::ApplyScript()});
  if (!sha.ok()) return sha.status();
  const window::WindowKeys keys("pw");
  const window::Fence fence{.epoch_key = keys.root + "epoch",
                            .offsets_key = keys.root + "offsets:bench",
                            .epoch = std::string(32, 'e'),
                            .field = "tagged:0",
                            .expected = 7};
  auto entry = card;
  entry.mutable_paper()->set_arxiv_id("__rand_int__");
  auto call = window::MakeApplyCall(keys, fence, kOldest,
                                    {.offset = 6, .skip = false, .removed = false, .entry = entry});
  for (const auto& command : {redis::Command{"SET", fence.epoch_key, fence.epoch},
                              redis::Command{"HSET", fence.offsets_key, fence.field, "7"}}) {
    if (auto set = client.Call(command); !set.ok()) return set.status();
  }
  const auto value = server.folder() / "value";
  std::ofstream(value, std::ios::binary) << card.SerializeAsString();
  std::string command = fmt::format(
      "redis-benchmark -p {} -c {} -P {} -n {} -r 1000000000 --csv -x "
      "evalsha {} {}",
      server.port(), connections, kDepth, kRecords, sha->text, call.keys.size());
  for (const auto& key : call.keys) command += " " + Quoted(key);
  call.arguments.pop_back();
  for (const auto& argument : call.arguments) command += " " + Quoted(argument);
  command += " < " + value.string();
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return absl::InternalError("redis-benchmark cannot be started");
  std::string output;
  char buffer[4096];
  while (const size_t got = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  pclose(pipe);
  // The last line is: "what it ran","calls a second",…
  const size_t line = output.rfind('\n', output.size() - 2);
  const size_t comma = output.find("\",\"", line == std::string::npos ? 0 : line);
  const double rate = comma == std::string::npos ? 0 : atof(output.c_str() + comma + 3);
  const auto written = client.Call({"XLEN", keys.changes});
  if (!written.ok()) return written.status();
  if (rate <= 0 || written->integer < kRecords * 9 / 10) {
    return absl::InternalError("redis-benchmark wrote too little: " + output);
  }
  return rate;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "upsert: %s\n", status.ToString().c_str());
  return 1;
}

int Run() {
  if (!tests::RedisProcess::Available()) {
    std::printf("SKIPPED PROGRAM: redis-server is not installed\n");
    return 0;
  }
  const auto server = tests::RedisProcess::Start();
  if (!server.ok()) return Fail(server.status());
  const auto client = redis::Client::Create({.url = (*server)->Url()});
  if (!client.ok()) return Fail(client.status());
  std::vector<v1::Entry> cards;
  // A multiple of the depth, and every record of a round another id.
  constexpr int kWhole = (kRecords + kDepth - 1) / kDepth * kDepth;
  for (int i = 0; i < kWhole; ++i) cards.push_back(bench::CardOf(10'000 + i));
  std::printf("upsert: cards of %zu bytes, %d a round, depth %d, AOF everysec\n",
              cards.front().ByteSizeLong(), kRecords, kDepth);
  double ours = 0;
  double limit = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const int connections : {1, 2}) {
      const auto rate = Limit(**client, **server, cards.front(), connections);
      if (!rate.ok()) return Fail(rate.status());
      std::printf("round %d: redis-benchmark with %d connections %.0f/s\n", round, connections,
                  *rate);
      limit = std::max(limit, *rate);
    }
    const auto rate = Ours(**client, cards);
    if (!rate.ok()) return Fail(rate.status());
    std::printf("round %d: window %.0f/s\n", round, *rate);
    ours = std::max(ours, *rate);
  }
  bench::Print({.name = "upsert",
                .ours = ours,
                .limit = limit,
                .ratio = ours / limit,
                .goal = kGoal,
                .unit = "upserts/s"});
  return 0;
}

}  // namespace
}  // namespace paperwire

int main() { return paperwire::Run(); }
