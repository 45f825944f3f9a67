#include "services/serve/reprocessor.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "libs/telemetry/log.h"
#include "services/serve/feed.h"

namespace paperwire::serve {
namespace {

// Papers on their way at a time.
constexpr size_t kChunk = 1024;

// A store that is being rebuilt is there, and passes.
absl::Status BeingRebuilt(const char* store) {
  return absl::AbortedError(fmt::format("{} is being rebuilt", store));
}

// `what` happened when `done` of `all` papers had been published.
absl::Status Failure(std::string_view what, const absl::Status& status, size_t done, size_t all) {
  const bool passes = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
                      absl::IsCancelled(status) || absl::IsAborted(status);
  return absl::Status(passes ? absl::StatusCode::kUnavailable : status.code(),
                      fmt::format("{} when {} of {} papers had been requested: {}", what, done, all,
                                  std::string(status.message())));
}

// The highest revision of each paper that a stage still has in hand.
std::map<std::string, uint64_t> OnTheWay(const window::LedgerContents& contents,
                                         const CommittedOffsets& committed) {
  std::map<std::string, uint64_t> revisions;
  for (const auto& [date, papers] : contents.papers) {
    for (const auto& [id, sighting] : papers) {
      if (sighting.dead_lettered || !IsLive(sighting, committed)) continue;
      uint64_t& highest = revisions[id];
      highest = std::max(highest, sighting.revision);
    }
  }
  return revisions;
}

}  // namespace

Reprocessor::Reprocessor(Parts parts, prometheus::Registry& metrics)
    : parts_(std::move(parts)),
      papers_(prometheus::BuildCounter()
                  .Name("paperwire_serve_operator_papers_total")
                  .Help("Papers that operators asked for, by request and what became of it.")
                  .Register(metrics)) {}

absl::StatusOr<std::vector<EntryPtr>> Reprocessor::Find(const Task& task, Outcome& outcome) const {
  std::vector<std::string> ids;
  std::set<std::string> known;
  for (const std::string& text : task.arxiv_ids) {
    const absl::StatusOr<std::string> id = CanonicalId("arxiv_ids", text);
    if (!id.ok()) return id.status();
    if (known.insert(*id).second) ids.push_back(*id);
  }
  const SnapshotPtr snapshot = parts_.snapshots.Get();
  if (snapshot == nullptr) return absl::UnavailableError("no snapshot is loaded yet");

  const std::string oldest = parts_.feed_clock.Oldest();
  std::vector<EntryPtr> found;
  if (task.wanted) {
    for (const ServedEntry& entry : snapshot->From(oldest)) {
      if (task.wanted(entry.Message())) found.push_back(entry.Share());
    }
  }
  for (std::string& id : ids) {
    EntryPtr entry = snapshot->Find(id);
    if (entry == nullptr || entry->announced() < oldest) {
      outcome.missing_ids.push_back(std::move(id));
    } else {
      found.push_back(std::move(entry));
    }
  }
  return found;
}

absl::StatusOr<paper::Revision> Reprocessor::TakeRevision(const ServedEntry& entry) const {
  const paper::Revision served = paper::RevisionFromValue(entry.revision());
  // A failover of Redis may have rolled its counter back behind what is served.
  if (served.generation > 0) {
    const absl::Status raised =
        parts_.generations.Raise(entry.arxiv_id(), served.paper_version, served.generation);
    if (!raised.ok()) return raised;
  }
  const absl::StatusOr<uint32_t> generation =
      parts_.generations.Next(entry.arxiv_id(), served.paper_version);
  if (!generation.ok()) return generation.status();
  return paper::MakeRevision(served.paper_version, *generation, 0);
}

absl::StatusOr<std::vector<bus::Message>> Reprocessor::Prepare(const Task& task,
                                                               std::span<const EntryPtr> entries,
                                                               Outcome& outcome) const {
  std::vector<std::string> ids;
  std::map<std::string, paper::Revision> revisions;
  for (const EntryPtr& entry : entries) {
    const absl::StatusOr<paper::Revision> revision = TakeRevision(*entry);
    if (!revision.ok()) return revision.status();
    ids.push_back(entry->arxiv_id());
    revisions[ids.back()] = *revision;
  }

  // Only now, and in this order: who takes a generation from here on outranks what is published,
  // and what leaves a stage meanwhile is found in the window.
  const CommittedOffsets committed = parts_.committed();
  const absl::StatusOr<window::LedgerContents> ledger = parts_.ledger.Load();
  if (!ledger.ok()) return ledger.status();
  if (!ledger->complete) return BeingRebuilt("the ledger");
  const std::map<std::string, uint64_t> on_the_way = OnTheWay(*ledger, committed);
  const absl::StatusOr<window::State> state = parts_.window.GetState();
  if (!state.ok()) return state.status();
  if (state->epoch.empty() || !state->complete) {
    return BeingRebuilt("the window");
  }
  const absl::StatusOr<std::vector<window::Stored>> stored = parts_.window.Get(ids);
  if (!stored.ok()) return stored.status();

  std::set<std::string> gone(ids.begin(), ids.end());
  std::vector<bus::Message> messages;
  for (const window::Stored& known : *stored) {
    const v1::Entry& entry = known.entry;
    const std::string& id = entry.paper().arxiv_id();
    gone.erase(id);
    if (task.wanted && !task.wanted(entry)) {
      ++outcome.unneeded;
      continue;
    }
    const paper::Revision& next = revisions.at(id);
    const uint64_t stored_revision = entry.revision().value();
    const auto newest = on_the_way.find(id);
    const bool newer = newest != on_the_way.end() &&
                       newest->second > (task.yields ? stored_revision : next.value());
    if (next.value() <= stored_revision || newer) {
      outcome.pending_ids.push_back(id);
    } else {
      messages.push_back(task.encode(entry, next));
    }
  }
  outcome.missing_ids.insert(outcome.missing_ids.end(), gone.begin(), gone.end());
  return messages;
}

absl::Status Reprocessor::Publish(const Task& task, const std::vector<EntryPtr>& entries,
                                  Outcome& outcome, std::stop_token stop) const {
  if (entries.empty()) return absl::OkStatus();
  const auto failure = [&](std::string_view what, const absl::Status& status) {
    return Failure(what, status, outcome.requested, entries.size());
  };
  const absl::Status restored = window::RestoreGenerations(parts_.generations, parts_.read_topic);
  if (!restored.ok()) return failure("Redis or Kafka failed", restored);
  for (size_t begin = 0; begin < entries.size(); begin += kChunk) {
    const size_t count = std::min(kChunk, entries.size() - begin);
    auto messages = Prepare(task, std::span(entries).subspan(begin, count), outcome);
    if (!messages.ok()) {
      return failure(absl::IsAborted(messages.status()) ? "serve was not ready" : "Redis failed",
                     messages.status());
    }
    absl::Status refused;
    for (const absl::Status& status :
         bus::PublishAllAndWait(parts_.publisher, *std::move(messages), stop)) {
      if (status.ok()) ++outcome.requested;
      refused.Update(status);
    }
    if (!refused.ok()) return failure("Kafka failed", refused);
  }
  return absl::OkStatus();
}

absl::StatusOr<Reprocessor::Outcome> Reprocessor::Run(const Task& task, std::stop_token stop) {
  Outcome outcome;
  const absl::StatusOr<std::vector<EntryPtr>> found = Find(task, outcome);
  if (!found.ok()) return found.status();
  const size_t missing_before = outcome.missing_ids.size();
  const absl::Status status = Publish(task, *found, outcome, std::move(stop));

  const size_t settled = outcome.requested + outcome.unneeded + outcome.pending_ids.size() +
                         outcome.missing_ids.size() - missing_before;
  const auto count = [&](const char* what, size_t papers) {
    papers_.Add({{"request", std::string(task.name)}, {"outcome", what}})
        .Increment(static_cast<double>(papers));
  };
  count("requested", outcome.requested);
  count("missing", outcome.missing_ids.size());
  count("pending", outcome.pending_ids.size());
  count("failed", status.ok() ? 0 : found->size() - settled);
  telemetry::Log(status.ok() ? telemetry::Level::kInfo : telemetry::Level::kWarning,
                 "an operator's request",
                 {{"request", std::string(task.name)},
                  {"requested", static_cast<uint64_t>(outcome.requested)},
                  {"missing", static_cast<uint64_t>(outcome.missing_ids.size())},
                  {"pending", static_cast<uint64_t>(outcome.pending_ids.size())},
                  {"status", status}});
  if (!status.ok()) return status;
  return outcome;
}

}  // namespace paperwire::serve
