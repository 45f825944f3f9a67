#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "libs/window/date.h"
#include "libs/window/lua_scripts.h"
#include "libs/window/redis_calls.h"
#include "libs/window/redis_progress.h"
#include "libs/window/redis_window.h"
#include "libs/window/sighting.h"

namespace paperwire::window {
namespace {

using redis::Command;
using redis::Reply;

// A safety net: a little more than the topics keep.
constexpr std::chrono::milliseconds kTimeToLive = std::chrono::days(35);
constexpr int kCycles = 50;

int64_t EndOf(const v1::Cycle& cycle) {
  const auto& time = cycle.has_end_time() ? cycle.end_time() : cycle.start_time();
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

class RedisLedgerStore final : public LedgerStore {
 public:
  RedisLedgerStore(redis::Client& client, const RedisWindowOptions& options)
      : client_(client),
        root_(fmt::format("{{{}}}:ledger:", options.prefix)),
        dates_(root_ + "dates"),
        batches_(root_ + "batches"),
        cycles_(root_ + "cycles"),
        progress_(client, root_, options.cluster_id, std::nullopt),
        apply_(lua::kLedgerApply) {}

  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const RebuildScope& scope) override {
    auto begun = progress_.Begin(end_offsets, scope);
    if (!begun.ok()) return begun.status();
    return Begun{.epoch = std::move(begun->epoch), .offsets = std::move(begun->offsets)};
  }

  absl::StatusOr<int64_t> Apply(const std::string& epoch, const bus::TopicPartition& partition,
                                int64_t expected, std::span<const LedgerWrite> writes) override {
    if (writes.empty()) return progress_.Verify(epoch, partition);
    std::vector<redis::Script::Call> calls;
    calls.reserve(writes.size());
    for (const LedgerWrite& write : writes) {
      calls.push_back(MakeCall(epoch, partition, expected, write));
      expected = write.offset + 1;
    }
    const auto replies = apply_.RunAll(client_, calls);
    if (!replies.ok()) return replies.status();
    int64_t stored = -1;
    for (const Reply& reply : *replies) {
      const auto answer = ReadScriptAnswer(reply);
      if (!answer.ok()) return answer.status();
      stored = answer->stored_offset;
    }
    return stored;
  }

  absl::StatusOr<LedgerContents> Load() override {
    auto commands = progress_.Questions();
    commands.push_back({"HGETALL", batches_});
    commands.push_back({"ZRANGE", cycles_, "0", "-1"});
    commands.push_back({"ZRANGE", dates_, "0", "-1"});
    const auto replies = client_.Pipeline(commands);
    if (!replies.ok()) return replies.status();
    for (const Reply& reply : *replies) {
      if (auto status = redis::Client::StatusOf(reply); !status.ok()) return status;
    }
    const auto standing = RedisProgress::Read(*replies);
    if (!standing.ok()) return standing.status();
    LedgerContents contents;
    contents.epoch = standing->epoch;
    contents.complete = standing->complete;
    const auto& batches = (*replies)[RedisProgress::kQuestions].elements;
    for (size_t i = 0; i + 1 < batches.size(); i += 2) {
      v1::Batch batch;
      if (batch.ParseFromString(batches[i + 1].text)) contents.batches[batches[i].text] = batch;
    }
    for (const Reply& bytes : (*replies)[RedisProgress::kQuestions + 1].elements) {
      v1::Cycle cycle;
      if (cycle.ParseFromString(bytes.text)) contents.cycles.push_back(std::move(cycle));
    }
    if (auto status = LoadPapers(replies->back(), contents); !status.ok()) return status;
    return contents;
  }

  absl::Status Expire(const std::string& oldest) override {
    const auto old = client_.Call({"ZRANGEBYSCORE", dates_, "-inf", "(" + DateAsNumber(oldest)});
    if (!old.ok()) return old.status();
    std::vector<Command> commands;
    // The index last: what is left over when this breaks off is found again.
    for (const Reply& date : old->elements) {
      commands.push_back({"DEL", PapersOf(date.text)});
      commands.push_back({"HDEL", batches_, date.text});
      commands.push_back({"ZREM", dates_, date.text});
    }
    const auto replies = client_.Pipeline(commands);
    if (!replies.ok()) return replies.status();
    for (const Reply& reply : *replies) {
      if (auto status = redis::Client::StatusOf(reply); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  std::string PapersOf(const std::string& date) const { return root_ + "papers:" + date; }

  redis::Script::Call MakeCall(const std::string& epoch, const bus::TopicPartition& partition,
                               int64_t expected, const LedgerWrite& write) const {
    std::string mode = "skip";
    std::string name;
    std::string value;
    std::string date;
    if (write.batch) {
      name = date = DateOrNothing(write.batch->announced());
      if (!date.empty()) mode = "batch";
      value = write.batch->SerializeAsString();
    } else if (write.cycle) {
      mode = "cycle";
      name = std::to_string(EndOf(*write.cycle));
      value = write.cycle->SerializeAsString();
    } else if (!write.arxiv_id.empty() && !DateOrNothing(write.announced).empty()) {
      mode = "sighting";
      name = write.arxiv_id;
      value = EncodeSighting(write.sighting);
      date = write.announced;
    }
    return {.keys = {progress_.epoch_key(), progress_.offsets_key(), PapersOf(date), dates_,
                     batches_, cycles_},
            .arguments = {epoch, FieldOf(partition), std::to_string(expected),
                          std::to_string(write.offset + 1), mode, name, value, DateAsNumber(date),
                          std::to_string(kTimeToLive.count()), std::to_string(kCycles), date}};
  }

  absl::Status LoadPapers(const Reply& dates, LedgerContents& contents) {
    std::vector<Command> commands;
    for (const Reply& date : dates.elements) commands.push_back({"HGETALL", PapersOf(date.text)});
    const auto replies = client_.Pipeline(commands);
    if (!replies.ok()) return replies.status();
    for (size_t i = 0; i < replies->size(); ++i) {
      const Reply& papers = (*replies)[i];
      if (auto status = redis::Client::StatusOf(papers); !status.ok()) return status;
      for (size_t j = 0; j + 1 < papers.elements.size(); j += 2) {
        if (auto sighting = DecodeSighting(papers.elements[j + 1].text)) {
          contents.papers[dates.elements[i].text][papers.elements[j].text] = *std::move(sighting);
        }
      }
    }
    return absl::OkStatus();
  }

  redis::Client& client_;
  std::string root_;
  std::string dates_;
  std::string batches_;
  std::string cycles_;
  RedisProgress progress_;
  redis::Script apply_;
};

}  // namespace

std::unique_ptr<LedgerStore> MakeRedisLedgerStore(redis::Client& client,
                                                  const RedisWindowOptions& options) {
  return std::make_unique<RedisLedgerStore>(client, options);
}

}  // namespace paperwire::window
