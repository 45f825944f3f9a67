#include "services/serve/resummarizer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/paper/revision.h"
#include "libs/telemetry/log.h"
#include "services/serve/feed.h"

namespace paperwire::serve {
namespace {

// Papers on their way at a time.
constexpr size_t kChunk = 256;

prometheus::Family<prometheus::Counter>& Papers(prometheus::Registry& metrics) {
  return prometheus::BuildCounter()
      .Name("paperwire_serve_resummarize_papers_total")
      .Help("Papers that an operator asked to be summarized again, by what became of the request.")
      .Register(metrics);
}

// `who` failed when `done` of `all` papers had been published.
absl::Status Failure(std::string_view who, const absl::Status& status, size_t done, size_t all) {
  const bool passes =
      absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsCancelled(status);
  return absl::Status(passes ? absl::StatusCode::kUnavailable : status.code(),
                      fmt::format("{} failed when {} of {} papers had been requested: {}", who,
                                  done, all, std::string(status.message())));
}

}  // namespace

Resummarizer::Resummarizer(Parts parts, prometheus::Registry& metrics)
    : parts_(std::move(parts)),
      requested_(Papers(metrics).Add({{"outcome", "requested"}})),
      missing_(Papers(metrics).Add({{"outcome", "missing"}})),
      failed_(Papers(metrics).Add({{"outcome", "failed"}})) {}

absl::StatusOr<std::vector<EntryPtr>> Resummarizer::Find(const v1::ResummarizeRequest& request,
                                                         v1::ResummarizeResponse& response) const {
  if (request.all_embedded() == !request.arxiv_ids().empty()) {
    return absl::InvalidArgumentError("arxiv_ids: name papers, or set all_embedded, not both");
  }
  std::vector<std::string> ids;
  std::set<std::string> known;
  for (const std::string& text : request.arxiv_ids()) {
    const absl::StatusOr<std::string> id = CanonicalId("arxiv_ids", text);
    if (!id.ok()) return id.status();
    if (known.insert(*id).second) ids.push_back(*id);
  }
  const SnapshotPtr snapshot = parts_.snapshots.Get();
  if (snapshot == nullptr) return absl::UnavailableError("no snapshot is loaded yet");

  const std::string oldest = parts_.feed_clock.Oldest();
  std::vector<EntryPtr> found;
  if (request.all_embedded()) {
    for (const EntryPtr& entry : snapshot->From(oldest)) {
      if (entry->summary().provenance().summarizer() == v1::SUMMARIZER_KIND_EMBEDDED) {
        found.push_back(entry);
      }
    }
  }
  for (std::string& id : ids) {
    EntryPtr entry = snapshot->Find(id);
    if (entry == nullptr || entry->paper().announced() < oldest) {
      response.add_missing_ids(std::move(id));
    } else {
      found.push_back(std::move(entry));
    }
  }
  return found;
}

absl::StatusOr<bus::Message> Resummarizer::Encode(const v1::Entry& entry) const {
  const v1::Paper& paper = entry.paper();
  // A failover of Redis may have rolled its counter back behind what is served.
  if (entry.revision().generation() > 0) {
    const absl::Status raised =
        parts_.generations.Raise(paper.arxiv_id(), paper.version(), entry.revision().generation());
    if (!raised.ok()) return raised;
  }
  const absl::StatusOr<uint32_t> generation =
      parts_.generations.Next(paper.arxiv_id(), paper.version());
  if (!generation.ok()) return generation.status();
  const auto revision = paper::MakeRevision(paper.version(), *generation, 0);
  if (!revision.ok()) return revision.status();
  v1::NewPaper event;
  *event.mutable_paper() = paper;
  *event.mutable_revision() = events::ToProto(*revision);
  return events::Encode(events::kNewPaper, event,
                        {.service = "serve", .configuration = "resummarize"}, parts_.clock);
}

absl::StatusOr<v1::ResummarizeResponse> Resummarizer::Resummarize(
    const v1::ResummarizeRequest& request, std::stop_token stop) {
  v1::ResummarizeResponse response;
  const absl::StatusOr<std::vector<EntryPtr>> found = Find(request, response);
  if (!found.ok()) return found.status();
  const std::vector<EntryPtr>& entries = *found;
  missing_.Increment(response.missing_ids_size());

  size_t done = 0;
  const auto publish = [&]() -> absl::Status {
    if (entries.empty()) return absl::OkStatus();
    const absl::Status restored = window::RestoreGenerations(parts_.generations, parts_.read_topic);
    if (!restored.ok()) return Failure("Redis or Kafka", restored, done, entries.size());
    for (size_t begin = 0; begin < entries.size(); begin += kChunk) {
      const size_t end = std::min(begin + kChunk, entries.size());
      std::vector<bus::Message> messages;
      for (size_t i = begin; i < end; ++i) {
        absl::StatusOr<bus::Message> message = Encode(*entries[i]);
        if (!message.ok()) return Failure("Redis", message.status(), done, entries.size());
        messages.push_back(*std::move(message));
      }
      absl::Status failure;
      for (const absl::Status& status :
           bus::PublishAllAndWait(parts_.publisher, std::move(messages), stop)) {
        if (status.ok()) ++done;
        failure.Update(status);
      }
      if (!failure.ok()) return Failure("Kafka", failure, done, entries.size());
    }
    return absl::OkStatus();
  };
  const absl::Status status = publish();
  requested_.Increment(static_cast<double>(done));
  failed_.Increment(static_cast<double>(entries.size() - done));
  telemetry::Log(status.ok() ? telemetry::Level::kInfo : telemetry::Level::kWarning,
                 "asked to summarize again",
                 {{"requested", static_cast<uint64_t>(done)},
                  {"missing", response.missing_ids_size()},
                  {"status", status}});
  if (!status.ok()) return status;
  response.set_requested(static_cast<uint32_t>(done));
  return response;
}

}  // namespace paperwire::serve
