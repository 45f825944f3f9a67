#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/redis/client.h"

namespace paperwire::redis {
namespace {

std::string Sha1(const std::string& text) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

Command ToCommand(const std::string& sha1, Script::Call call) {
  Command command;
  command.reserve(3 + call.keys.size() + call.arguments.size());
  command.emplace_back("EVALSHA");
  command.push_back(sha1);
  command.push_back(std::to_string(call.keys.size()));
  std::ranges::move(call.keys, std::back_inserter(command));
  std::ranges::move(call.arguments, std::back_inserter(command));
  return command;
}

bool IsUnknownScript(const Reply& reply) {
  return reply.kind == Reply::Kind::kError && reply.text.starts_with("NOSCRIPT");
}

}  // namespace

Script::Script(std::string source) : source_(std::move(source)), sha1_(Sha1(source_)) {}

absl::StatusOr<Reply> Script::Run(Client& client, const Call& call) const {
  auto replies = RunAll(client, std::span(&call, 1));
  if (!replies.ok()) return replies.status();
  if (auto status = Client::StatusOf(replies->front()); !status.ok()) return status;
  return std::move(replies->front());
}

absl::StatusOr<std::vector<Reply>> Script::RunAll(Client& client,
                                                  std::span<const Call> calls) const {
  return RunAll(client, calls.size(), [&](size_t i) { return calls[i]; });
}

absl::StatusOr<std::vector<Reply>> Script::RunAll(Client& client, size_t count,
                                                  const std::function<Call(size_t)>& make) const {
  const auto command = [&](size_t i) { return ToCommand(sha1_, make(i)); };
  auto replies = client.Pipeline(count, command);
  // More than once, for the scripts may be flushed between loading and running.
  constexpr int kLoads = 3;
  for (int load = 0; load < kLoads && replies.ok(); ++load) {
    // Usually all or none. Only where another client loaded the script meanwhile are some missing;
    // those, and no others, were not run.
    std::vector<size_t> missing;
    for (size_t i = 0; i < replies->size(); ++i) {
      if (IsUnknownScript((*replies)[i])) missing.push_back(i);
    }
    if (missing.empty()) return replies;
    if (auto loaded = client.Call({"SCRIPT", "LOAD", source_}); !loaded.ok()) {
      return loaded.status();
    }
    auto answered = client.Pipeline(missing.size(), [&](size_t i) { return command(missing[i]); });
    if (!answered.ok()) return answered.status();
    for (size_t i = 0; i < missing.size(); ++i) (*replies)[missing[i]] = std::move((*answered)[i]);
  }
  return replies;
}

}  // namespace paperwire::redis
