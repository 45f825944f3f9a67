#include "libs/window/redis_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "libs/window/date.h"
#include "libs/window/lua_scripts.h"
#include "libs/window/memory_progress.h"
#include "libs/window/redis_calls.h"
#include "libs/window/redis_progress.h"

namespace paperwire::window {
namespace {

using redis::Command;
using redis::Reply;

// Entries asked for at once: about 1.5 MB.
constexpr size_t kChunk = 256;
constexpr std::chrono::milliseconds kGenerationTimeToLive = std::chrono::days(30);

// A stream id is "milliseconds-sequence"; a cursor has both at a fixed width, so that it sorts.
Cursor CursorOf(const std::string& stream_id) {
  const size_t dash = stream_id.find('-');
  if (dash == std::string::npos) return "";
  return fmt::format("{:0>15}-{:0>10}", stream_id.substr(0, dash), stream_id.substr(dash + 1));
}

std::optional<std::string> StreamIdOf(const Cursor& cursor) {
  if (cursor.empty()) return "0-0";
  const size_t dash = cursor.find('-');
  if (dash == std::string::npos) return std::nullopt;
  uint64_t parts[2] = {};
  const std::string_view texts[2] = {std::string_view(cursor).substr(0, dash),
                                     std::string_view(cursor).substr(dash + 1)};
  for (int i = 0; i < 2; ++i) {
    const char* end_of_text = texts[i].data() + texts[i].size();
    const auto [end, error] = std::from_chars(texts[i].data(), end_of_text, parts[i]);
    if (error != std::errc() || end != end_of_text) return std::nullopt;
  }
  return fmt::format("{}-{}", parts[0], parts[1]);
}

// The cursor of the one entry in an answer to XRANGE or XREVRANGE; empty: there is none.
Cursor OnlyCursor(const Reply& range) {
  if (range.elements.empty() || range.elements[0].elements.empty()) return "";
  return CursorOf(range.elements[0].elements[0].text);
}

// Nothing for the entry that begins an epoch.
std::optional<Change> ReadChange(const Reply& item) {
  if (item.elements.size() != 2) return std::nullopt;
  Change change{.cursor = CursorOf(item.elements[0].text), .arxiv_id = {}};
  const auto& fields = item.elements[1].elements;
  for (size_t i = 0; i + 1 < fields.size(); i += 2) {
    if (fields[i].text == "id") change.arxiv_id = fields[i + 1].text;
    if (fields[i].text == "r") {
      change.revision = static_cast<uint64_t>(NumberOf(fields[i + 1]).value_or(0));
    }
    if (fields[i].text == "x") change.removed = fields[i + 1].text == "1";
  }
  if (change.arxiv_id.empty()) return std::nullopt;
  return change;
}

absl::Status FirstError(std::span<const Reply> replies) {
  for (const Reply& reply : replies) {
    if (auto status = redis::Client::StatusOf(reply); !status.ok()) return status;
  }
  return absl::OkStatus();
}

class RedisWindow final : public Window {
 public:
  RedisWindow(redis::Client& client, const RedisWindowOptions& options)
      : client_(client),
        keys_(options.prefix),
        progress_(client, keys_.root, options.cluster_id, keys_.changes),
        apply_(ApplyScript()),
        expire_(lua::kExpire),
        generation_(lua::kGeneration),
        restored_key_(fmt::format("{}generations-restored:{}", keys_.root, options.cluster_id)) {}

  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const RebuildScope& scope) override {
    return progress_.Begin(end_offsets, scope);
  }

  absl::StatusOr<Applied> Apply(const std::string& epoch, const bus::TopicPartition& partition,
                                int64_t expected, const std::string& oldest,
                                std::span<const Write> writes) override {
    if (writes.empty()) {
      const auto stored = progress_.Verify(epoch, partition);
      if (!stored.ok()) return stored.status();
      return Applied{.verdicts = {}, .stored_offset = *stored};
    }
    Fence fence{.epoch_key = progress_.epoch_key(),
                .offsets_key = progress_.offsets_key(),
                .epoch = epoch,
                .field = FieldOf(partition),
                .expected = expected};
    std::vector<redis::Script::Call> calls;
    calls.reserve(writes.size());
    for (const Write& write : writes) {
      calls.push_back(MakeApplyCall(keys_, fence, oldest, write));
      fence.expected = write.offset + 1;
    }
    const auto replies = apply_.RunAll(client_, calls);
    if (!replies.ok()) return replies.status();
    Applied applied;
    for (const Reply& reply : *replies) {
      const auto answer = ReadScriptAnswer(reply);
      if (!answer.ok()) return answer.status();
      applied.verdicts.push_back(answer->verdict);
      applied.stored_offset = answer->stored_offset;
    }
    return applied;
  }

  absl::StatusOr<State> GetState() override {
    auto commands = progress_.Questions();
    commands.push_back(NewestChange());
    const auto replies = client_.Pipeline(commands);
    if (!replies.ok()) return replies.status();
    if (auto status = FirstError(*replies); !status.ok()) return status;
    const auto standing = RedisProgress::Read(*replies);
    if (!standing.ok()) return standing.status();
    return State{.epoch = standing->epoch,
                 .complete = standing->complete,
                 .cursor = OnlyCursor(replies->back())};
  }

  absl::StatusOr<Contents> Load() override {
    Contents contents;
    // The cursor first: what changes while the entries are read comes again as a change.
    const auto begin = client_.Pipeline(std::vector<Command>{
        {"GET", progress_.epoch_key()}, NewestChange(), {"ZRANGE", keys_.dates, "0", "-1"}});
    if (!begin.ok()) return begin.status();
    if (auto status = FirstError(*begin); !status.ok()) return status;
    contents.epoch = (*begin)[0].text;
    contents.cursor = OnlyCursor((*begin)[1]);
    std::vector<std::string> ids;
    for (const Reply& id : (*begin)[2].elements) ids.push_back(id.text);
    auto entries = Get(ids);
    if (!entries.ok()) return entries.status();
    contents.entries = *std::move(entries);
    const auto epoch = client_.Call({"GET", progress_.epoch_key()});
    if (!epoch.ok()) return epoch.status();
    if (epoch->text != contents.epoch) {
      return absl::UnavailableError("epoch: the window began anew while it was read");
    }
    return contents;
  }

  absl::StatusOr<std::vector<Change>> ChangesAfter(const std::string& epoch, const Cursor& cursor,
                                                   size_t limit) override {
    const auto after = StreamIdOf(cursor);
    if (!after) return absl::OutOfRangeError("cursor: not one of this window");
    // The changes before the checks: what the checks find whole was whole when it was read. One
    // more than asked, for the entry that begins an epoch is no change.
    const auto replies = client_.Pipeline(std::vector<Command>{
        {"XRANGE", keys_.changes, "(" + *after, "+", "COUNT", std::to_string(limit + 1)},
        {"XRANGE", keys_.changes, "-", "+", "COUNT", "1"},
        NewestChange(),
        {"GET", progress_.epoch_key()},
        {"TIME"}});
    if (!replies.ok()) return replies.status();
    if (auto status = FirstError(*replies); !status.ok()) return status;
    if ((*replies)[3].text != epoch) return absl::OutOfRangeError("epoch: the window began anew");
    const Cursor first = OnlyCursor((*replies)[1]);
    if (first.empty() || first > cursor) {
      return absl::OutOfRangeError("cursor: the change stream no longer reaches back to it");
    }
    // After a roll-back the stream may end before the cursor. New changes will come after it, for
    // their ids are times; not so on a server whose clock is behind.
    const std::string now = fmt::format("{:0>15}", Milliseconds((*replies)[4]));
    if (OnlyCursor((*replies)[2]) < cursor && now <= cursor.substr(0, now.size())) {
      return absl::OutOfRangeError("cursor: the change stream ends before it");
    }
    std::vector<Change> changes;
    for (const Reply& item : (*replies)[0].elements) {
      if (changes.size() == limit) break;
      if (auto change = ReadChange(item)) changes.push_back(*std::move(change));
    }
    return changes;
  }

  absl::StatusOr<std::vector<v1::Entry>> Get(std::span<const std::string> arxiv_ids) override {
    std::vector<v1::Entry> entries;
    entries.reserve(arxiv_ids.size());
    for (size_t begin = 0; begin < arxiv_ids.size(); begin += kChunk) {
      std::vector<Command> commands;
      for (const std::string& id :
           arxiv_ids.subspan(begin, std::min(kChunk, arxiv_ids.size() - begin))) {
        commands.push_back({"HMGET", keys_.Paper(id), "e", "d", "x"});
      }
      const auto replies = client_.Pipeline(commands);
      if (!replies.ok()) return replies.status();
      if (auto status = FirstError(*replies); !status.ok()) return status;
      for (const Reply& fields : *replies) ReadEntry(fields, entries);
    }
    return entries;
  }

  absl::StatusOr<int64_t> Expire(const std::string& oldest) override {
    const std::string stays = DateAsNumber(oldest);
    int64_t expired = 0;
    while (true) {
      const auto ids = client_.Call({"ZRANGEBYSCORE", keys_.dates, "-inf", "(" + stays, "LIMIT",
                                     "0", std::to_string(kChunk)});
      if (!ids.ok()) return ids.status();
      if (ids->elements.empty()) return expired;
      std::vector<redis::Script::Call> calls;
      for (const Reply& id : ids->elements) {
        calls.push_back(
            {.keys = {keys_.dates, keys_.Paper(id.text)}, .arguments = {id.text, stays}});
      }
      const auto replies = expire_.RunAll(client_, calls);
      if (!replies.ok()) return replies.status();
      if (auto status = FirstError(*replies); !status.ok()) return status;
      for (const Reply& reply : *replies) expired += reply.integer;
    }
  }

  absl::StatusOr<uint32_t> NextGeneration(const std::string& arxiv_id,
                                          uint32_t paper_version) override {
    return Generation(arxiv_id, paper_version, "next", 0);
  }

  absl::Status RaiseGeneration(const std::string& arxiv_id, uint32_t paper_version,
                               uint32_t at_least) override {
    return Generation(arxiv_id, paper_version, "raise", at_least).status();
  }

  absl::StatusOr<bool> GenerationsRestored() override {
    const auto reply = client_.Call({"EXISTS", restored_key_});
    if (!reply.ok()) return reply.status();
    return reply->integer == 1;
  }

  absl::Status SetGenerationsRestored() override {
    return client_
        .Call({"SET", restored_key_, "1", "PX", std::to_string(kGenerationTimeToLive.count())})
        .status();
  }

 private:
  Command NewestChange() const { return {"XREVRANGE", keys_.changes, "+", "-", "COUNT", "1"}; }

  static int64_t Milliseconds(const Reply& time) {
    if (time.elements.size() != 2) return 0;
    return NumberOf(time.elements[0]).value_or(0) * 1000 +
           NumberOf(time.elements[1]).value_or(0) / 1000;
  }

  // Appends nothing for a removed paper, one that is not there, or bytes that are no entry: one
  // unreadable card must not keep all others from being served.
  static void ReadEntry(const Reply& fields, std::vector<v1::Entry>& entries) {
    if (fields.elements.size() != 3 || fields.elements[0].text.empty()) return;
    if (fields.elements[2].kind != Reply::Kind::kNil) return;
    v1::Entry entry;
    if (!entry.ParseFromString(fields.elements[0].text)) return;
    entry.mutable_paper()->set_announced(fields.elements[1].text);
    entries.push_back(std::move(entry));
  }

  absl::StatusOr<uint32_t> Generation(const std::string& arxiv_id, uint32_t paper_version,
                                      std::string what, uint32_t at_least) {
    const auto reply =
        generation_.Run(client_, {.keys = {keys_.Generation(arxiv_id, paper_version)},
                                  .arguments = {std::to_string(kGenerationTimeToLive.count()),
                                                std::move(what), std::to_string(at_least)}});
    if (!reply.ok()) return reply.status();
    return static_cast<uint32_t>(reply->integer);
  }

  redis::Client& client_;
  WindowKeys keys_;
  RedisProgress progress_;
  redis::Script apply_;
  redis::Script expire_;
  redis::Script generation_;
  const std::string restored_key_;
};

}  // namespace

std::unique_ptr<Window> MakeRedisWindow(redis::Client& client, const RedisWindowOptions& options) {
  return std::make_unique<RedisWindow>(client, options);
}

}  // namespace paperwire::window
