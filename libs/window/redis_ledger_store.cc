#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "libs/window/date.h"
#include "libs/window/lua_scripts.h"
#include "libs/window/memory_progress.h"
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
constexpr char kCyclesStamp[] = "cycles";
// Of one call.
constexpr size_t kMostNotes = 1000;

int64_t EndOf(const v1::Cycle& cycle) {
  const auto& time = cycle.has_end_time() ? cycle.end_time() : cycle.start_time();
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

class RedisLedgerStore final : public LedgerStore {
 public:
  RedisLedgerStore(redis::Client& client, const RedisWindowOptions& options)
      : client_(client),
        // What was kept under "ledger:" had another form.
        root_(fmt::format("{{{}}}:ledger2:", options.prefix)),
        dates_(root_ + "dates"),
        batches_(root_ + "batches"),
        cycles_(root_ + "cycles"),
        stamps_(root_ + "stamps"),
        progress_(client, root_, options.cluster_id, std::nullopt),
        apply_(lua::kLedgerApply),
        idle_(lua::kLedgerIdle) {}

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

  absl::StatusOr<std::set<std::string>> Refresh(LedgerContents& contents) override {
    auto questions = progress_.Questions();
    questions.push_back({"HGETALL", stamps_});
    const auto answers = Ask(questions);
    if (!answers.ok()) return answers.status();
    const auto standing = RedisProgress::Read(*answers);
    if (!standing.ok()) return standing.status();
    if (!contents.epoch.empty() && contents.epoch != standing->epoch) return OtherEpoch();
    std::map<std::string, std::string> stamps;
    const auto& pairs = answers->back().elements;
    for (size_t i = 0; i + 1 < pairs.size(); i += 2) stamps[pairs[i].text] = pairs[i + 1].text;
    std::vector<std::string> changed;
    for (const auto& [what, stamp] : stamps) {
      const auto known = contents.stamps.find(what);
      if (known == contents.stamps.end() || known->second != stamp) changed.push_back(what);
    }
    if (auto status = Read(changed, standing->epoch, contents); !status.ok()) return status;
    std::set<std::string> dates(changed.begin(), changed.end());
    for (const auto& [what, stamp] : contents.stamps) {
      if (stamps.contains(what)) continue;
      contents.batches.erase(what);
      contents.papers.erase(what);
      dates.insert(what);
    }
    dates.erase(kCyclesStamp);
    contents.epoch = standing->epoch;
    contents.complete = standing->complete;
    contents.stamps = std::move(stamps);
    return dates;
  }

  absl::StatusOr<std::vector<int64_t>> NoteIdle(const std::string& announced,
                                                std::span<const IdleNote> notes) override {
    std::vector<int64_t> since;
    for (size_t begin = 0; begin < notes.size(); begin += kMostNotes) {
      const auto some = notes.subspan(begin, std::min(kMostNotes, notes.size() - begin));
      redis::Script::Call call{.keys = {IdleOf(announced)},
                               .arguments = {std::to_string(kTimeToLive.count())}};
      for (const IdleNote& note : some) {
        call.arguments.push_back(note.arxiv_id);
        call.arguments.push_back(note.record);
        call.arguments.push_back(note.since_ms ? std::to_string(*note.since_ms) : "");
      }
      const auto reply = idle_.Run(client_, call);
      if (!reply.ok()) return reply.status();
      if (reply->elements.size() != some.size()) {
        return absl::InternalError("ledger_idle.lua: not an answer for each");
      }
      for (const Reply& answer : reply->elements) since.push_back(answer.integer);
    }
    return since;
  }

  absl::Status Expire(const std::string& oldest) override {
    const auto stays = FirstThatStays(client_, oldest);
    if (!stays.ok()) return stays.status();
    const auto old = client_.Call({"ZRANGEBYSCORE", dates_, "-inf", "(" + DateAsNumber(*stays)});
    if (!old.ok()) return old.status();
    std::vector<Command> commands;
    // The index last: what is left over when this breaks off is found again.
    for (const Reply& date : old->elements) {
      commands.push_back({"DEL", PapersOf(date.text)});
      commands.push_back({"DEL", IdleOf(date.text)});
      commands.push_back({"HDEL", batches_, date.text});
      commands.push_back({"HDEL", stamps_, date.text});
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
  std::string IdleOf(const std::string& date) const { return root_ + "idle:" + date; }

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
    redis::Script::Call call{
        .keys = {progress_.epoch_key(), progress_.offsets_key(), PapersOf(date), dates_, batches_,
                 cycles_, stamps_},
        .arguments = {epoch, FieldOf(partition), std::to_string(expected),
                      std::to_string(write.offset + 1), mode, name, value, DateAsNumber(date),
                      std::to_string(kTimeToLive.count()), std::to_string(kCycles), date}};
    if (mode == "batch") {
      call.arguments.push_back(EncodeSighting(Declared(*write.batch, partition, write.offset)));
      for (const std::string& id : write.batch->paper_ids()) call.arguments.push_back(id);
    }
    return call;
  }

  // A pipeline of which every command went well.
  absl::StatusOr<std::vector<Reply>> Ask(const std::vector<Command>& commands) {
    auto replies = client_.Pipeline(commands);
    if (!replies.ok()) return replies.status();
    for (const Reply& reply : *replies) {
      if (auto status = redis::Client::StatusOf(reply); !status.ok()) return status;
    }
    return replies;
  }

  // Reads the dates of `changed`, and the cycles where they are among them, anew.
  absl::Status Read(const std::vector<std::string>& changed, const std::string& epoch,
                    LedgerContents& contents) {
    if (changed.empty()) return absl::OkStatus();
    std::vector<Command> commands;
    for (const std::string& what : changed) {
      if (what == kCyclesStamp) {
        commands.push_back({"ZRANGE", cycles_, "0", "-1"});
        continue;
      }
      commands.push_back({"HGET", batches_, what});
      commands.push_back({"HGETALL", PapersOf(what)});
    }
    commands.push_back({"GET", progress_.epoch_key()});
    const auto replies = Ask(commands);
    if (!replies.ok()) return replies.status();
    // Emptied meanwhile: what was read is not of the epoch.
    if (replies->back().text != epoch) return OtherEpoch();
    auto reply = replies->begin();
    for (const std::string& what : changed) {
      if (what == kCyclesStamp) {
        ReadCycles(*reply++, contents.cycles);
        continue;
      }
      v1::Batch batch;
      if (!reply->text.empty() && batch.ParseFromString(reply->text)) {
        contents.batches[what] = std::move(batch);
      }
      ++reply;
      ReadPapers(*reply++, contents.papers[what]);
    }
    return absl::OkStatus();
  }

  static void ReadCycles(const Reply& reply, std::vector<v1::Cycle>& cycles) {
    cycles.clear();
    for (const Reply& bytes : reply.elements) {
      v1::Cycle cycle;
      if (cycle.ParseFromString(bytes.text)) cycles.push_back(std::move(cycle));
    }
  }

  static void ReadPapers(const Reply& reply, std::map<std::string, Whereabouts>& papers) {
    papers.clear();
    for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
      if (auto sighting = DecodeSighting(reply.elements[i + 1].text)) {
        papers[reply.elements[i].text] = *std::move(sighting);
      }
    }
  }

  redis::Client& client_;
  std::string root_;
  std::string dates_;
  std::string batches_;
  std::string cycles_;
  std::string stamps_;
  RedisProgress progress_;
  redis::Script apply_;
  redis::Script idle_;
};

}  // namespace

std::unique_ptr<LedgerStore> MakeRedisLedgerStore(redis::Client& client,
                                                  const RedisWindowOptions& options) {
  return std::make_unique<RedisLedgerStore>(client, options);
}

}  // namespace paperwire::window
