#include "libs/window/redis_window.h"

#include <fmt/format.h>

#include <algorithm>
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

Cursor CursorOf(const Reply& stream_id) { return Cursor::Parse(stream_id.text).value_or(Cursor()); }

// The cursor of the one entry in an answer to XREVRANGE; before everything when there is none.
Cursor OnlyCursor(const Reply& range) {
  if (range.elements.empty() || range.elements[0].elements.empty()) return {};
  return CursorOf(range.elements[0].elements[0]);
}

// Where a paper stands that an older version wrote without a cursor: before everything that the
// stream gives, and at a place of its own (FNV-1a), for a reader that was cut goes on behind it.
Cursor CursorWithout(const std::string& arxiv_id) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : arxiv_id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return {.milliseconds = 0, .sequence = std::max<uint64_t>(hash, 1)};
}

// Nothing for the entry that begins an epoch.
std::optional<Change> ReadChange(const Reply& item) {
  if (item.elements.size() != 2) return std::nullopt;
  Change change{.cursor = CursorOf(item.elements[0]), .arxiv_id = {}};
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
        restored_key_(fmt::format("{}generations-restored:{}", keys_.root, options.cluster_id)),
        progress_(client, keys_.root, options.cluster_id,
                  RedisProgress::WindowKeys{.changes = keys_.changes,
                                            .generations_restored = restored_key_}),
        apply_(ApplyScript()),
        expire_(lua::kExpire),
        generation_(lua::kGeneration) {}

  absl::StatusOr<Begun> Begin(const std::map<bus::TopicPartition, int64_t>& end_offsets,
                              const RebuildScope& scope) override {
    return progress_.Begin(end_offsets, scope);
  }

  absl::StatusOr<Applied> Apply(const std::string& epoch, const bus::TopicPartition& partition,
                                int64_t expected, const std::string& oldest,
                                std::span<const Write> writes) override {
    auto applied = writes.empty() ? Verify(epoch, partition)
                                  : ApplyAll(epoch, partition, expected, oldest, writes);
    const bool behind = applied.ok() && applied->stored_offset < expected;
    if (behind || absl::IsAborted(applied.status())) {
      auto status = progress_.CheckOffset(epoch, partition, expected);
      if (!status.ok()) return status;
      return applied;
    }
    const bool whole =
        applied.ok() && (writes.empty() ? applied->stored_offset == expected
                                        : applied->verdicts.front() != Verdict::kFenced);
    if (whole) progress_.Vouch(epoch, partition, applied->stored_offset);
    return applied;
  }

  absl::StatusOr<State> GetState() override {
    auto commands = progress_.Questions();
    commands.push_back(NewestChange());
    commands.push_back({"TIME"});
    const auto replies = client_.Pipeline(commands);
    if (!replies.ok()) return replies.status();
    if (auto status = FirstError(*replies); !status.ok()) return status;
    const auto standing = RedisProgress::Read(*replies);
    if (!standing.ok()) return standing.status();
    return State{.epoch = standing->epoch,
                 .complete = standing->complete,
                 .cursor = OnlyCursor((*replies)[RedisProgress::kQuestions]),
                 .oldest = OldestBy(replies->back())};
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
    auto status = Read(ids, contents.papers, &contents.gone);
    if (!status.ok()) return status;
    // Here, and not by the next look at the changes.
    status = Confirm(contents.epoch, contents.cursor);
    if (absl::IsOutOfRange(status)) {
      return absl::UnavailableError("epoch: the window began anew while it was read");
    }
    if (!status.ok()) return status;
    return contents;
  }

  absl::StatusOr<std::vector<Change>> ChangesAfter(const std::string& epoch, const Cursor& cursor,
                                                   size_t limit) override {
    // The changes before the epoch: what it finds whole was whole when it was read. Two more than
    // asked, for the change at `cursor`, which must be there, and an epoch's entry, which is none.
    const auto replies = client_.Pipeline(std::vector<Command>{
        {"XRANGE", keys_.changes, cursor.ToString(), "+", "COUNT", std::to_string(limit + 2)},
        {"GET", progress_.epoch_key()}});
    if (!replies.ok()) return replies.status();
    if (auto status = FirstError(*replies); !status.ok()) return status;
    if ((*replies)[1].text != epoch || OnlyCursor((*replies)[0]) != cursor) {
      return Lost(epoch, cursor);
    }
    std::vector<Change> changes;
    for (const Reply& item : std::span((*replies)[0].elements).subspan(1)) {
      if (changes.size() == limit) break;
      if (auto change = ReadChange(item)) changes.push_back(*std::move(change));
    }
    return changes;
  }

  absl::StatusOr<std::vector<Stored>> Get(std::span<const std::string> arxiv_ids) override {
    std::vector<Stored> papers;
    if (auto status = Read(arxiv_ids, papers, nullptr); !status.ok()) return status;
    return papers;
  }

  absl::StatusOr<Papers> GetChanged(const std::string& epoch, const Cursor& cursor,
                                    std::span<const std::string> arxiv_ids) override {
    Papers papers;
    if (auto status = Read(arxiv_ids, papers.papers, &papers.gone); !status.ok()) return status;
    // After the papers: what is found whole now was whole when they were read.
    if (auto status = Confirm(epoch, cursor); !status.ok()) return status;
    return papers;
  }

  absl::StatusOr<int64_t> Expire(const std::string& oldest) override {
    const auto first = FirstThatStays(client_, oldest);
    if (!first.ok()) return first.status();
    const std::string stays = DateAsNumber(*first);
    int64_t expired = 0;
    while (true) {
      const auto ids = client_.Call({"ZRANGEBYSCORE", keys_.dates, "-inf", "(" + stays, "LIMIT",
                                     "0", std::to_string(kChunk)});
      if (!ids.ok()) return ids.status();
      if (ids->elements.empty()) return expired;
      redis::Script::Call call{.keys = {keys_.dates}, .arguments = {stays}};
      for (const Reply& id : ids->elements) {
        call.keys.push_back(keys_.Paper(id.text));
        call.arguments.push_back(id.text);
      }
      const auto reply = expire_.Run(client_, call);
      if (!reply.ok()) return reply.status();
      expired += reply->integer;
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

  absl::StatusOr<Applied> Verify(const std::string& epoch, const bus::TopicPartition& partition) {
    const auto stored = progress_.Verify(epoch, partition);
    if (!stored.ok()) return stored.status();
    return Applied{.verdicts = {}, .stored_offset = *stored};
  }

  // All of it is fenced where the first expects more than is stored.
  absl::StatusOr<Applied> ApplyAll(const std::string& epoch, const bus::TopicPartition& partition,
                                   int64_t expected, const std::string& oldest,
                                   std::span<const Write> writes) {
    Fence fence{.epoch_key = progress_.epoch_key(),
                .offsets_key = progress_.offsets_key(),
                .epoch = epoch,
                .field = FieldOf(partition),
                .expected = expected};
    const auto replies = apply_.RunAll(client_, writes.size(), [&](size_t i) {
      fence.expected = i == 0 ? expected : writes[i - 1].offset + 1;
      return MakeApplyCall(keys_, fence, oldest, writes[i]);
    });
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

  // That the epoch is `epoch` and has a change at `cursor`. OutOfRange as from ChangesAfter.
  absl::Status Confirm(const std::string& epoch, const Cursor& cursor) {
    const auto replies = client_.Pipeline(
        std::vector<Command>{{"XRANGE", keys_.changes, cursor.ToString(), cursor.ToString()},
                             {"GET", progress_.epoch_key()}});
    if (!replies.ok()) return replies.status();
    if (auto status = FirstError(*replies); !status.ok()) return status;
    const bool whole = (*replies)[1].text == epoch && OnlyCursor((*replies)[0]) == cursor;
    return whole ? absl::OkStatus() : Lost(epoch, cursor);
  }

  // What to say where that was not found; makes the new epoch if there must be one.
  absl::Status Lost(const std::string& epoch, const Cursor& cursor) {
    const auto status = progress_.CheckCursor(epoch, cursor);
    if (absl::IsAborted(status)) return absl::OutOfRangeError(status.message());
    if (!status.ok()) return status;
    return absl::UnavailableError("cursor: the window changed while it was read");
  }

  // Appends what is stored of these ids; `gone` may be null.
  absl::Status Read(std::span<const std::string> arxiv_ids, std::vector<Stored>& papers,
                    std::vector<Gone>* gone) {
    papers.reserve(papers.size() + arxiv_ids.size());
    for (size_t begin = 0; begin < arxiv_ids.size(); begin += kChunk) {
      const auto ids = arxiv_ids.subspan(begin, std::min(kChunk, arxiv_ids.size() - begin));
      std::vector<Command> commands;
      for (const std::string& id : ids) {
        commands.push_back({"HMGET", keys_.Paper(id), "e", "d", "x", "c", "f", "r"});
      }
      const auto replies = client_.Pipeline(commands);
      if (!replies.ok()) return replies.status();
      if (auto status = FirstError(*replies); !status.ok()) return status;
      for (size_t i = 0; i < ids.size(); ++i) ReadPaper(ids[i], (*replies)[i], papers, gone);
    }
    return absl::OkStatus();
  }

  // Appends nothing for a paper that is not there, or bytes that are no entry: one unreadable card
  // must not keep all others from being served.
  static void ReadPaper(const std::string& id, const Reply& fields, std::vector<Stored>& papers,
                        std::vector<Gone>* gone) {
    enum { kEntry, kDate, kRemoved, kChanged, kFirst, kRevision, kFields };
    if (fields.elements.size() != kFields) return;
    const bool has_cursor = fields.elements[kChanged].kind != Reply::Kind::kNil;
    const Cursor changed = has_cursor ? CursorOf(fields.elements[kChanged]) : CursorWithout(id);
    const std::string& announced = fields.elements[kDate].text;
    if (fields.elements[kRemoved].kind != Reply::Kind::kNil) {
      // Without a date: it was never shown.
      if (gone == nullptr || announced.empty()) return;
      const int64_t revision = NumberOf(fields.elements[kRevision]).value_or(0);
      gone->push_back({id, static_cast<uint64_t>(revision), announced, changed});
      return;
    }
    if (fields.elements[kEntry].text.empty()) return;
    Stored stored{.entry = {}, .first = changed, .changed = changed};
    if (!stored.entry.ParseFromString(fields.elements[kEntry].text)) return;
    stored.entry.mutable_paper()->set_announced(announced);
    // Stored from the second change on.
    if (fields.elements[kFirst].kind != Reply::Kind::kNil) {
      stored.first = CursorOf(fields.elements[kFirst]);
    }
    papers.push_back(std::move(stored));
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
  const WindowKeys keys_;
  const std::string restored_key_;
  RedisProgress progress_;
  redis::Script apply_;
  redis::Script expire_;
  redis::Script generation_;
};

}  // namespace

std::unique_ptr<Window> MakeRedisWindow(redis::Client& client, const RedisWindowOptions& options) {
  return std::make_unique<RedisWindow>(client, options);
}

}  // namespace paperwire::window
