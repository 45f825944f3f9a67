#include "services/serve/operations.h"

#include <string>
#include <utility>

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/paper/text.h"
#include "services/serve/feed.h"

namespace paperwire::serve {
namespace {

// As much as a line of the ledger carries.
constexpr size_t kLongestReason = 300;

template <typename Response>
absl::StatusOr<Response> Answer(const absl::StatusOr<Reprocessor::Outcome>& outcome) {
  if (!outcome.ok()) return outcome.status();
  Response response;
  response.set_requested(outcome->requested);
  *response.mutable_missing_ids() = {outcome->missing_ids.begin(), outcome->missing_ids.end()};
  *response.mutable_pending_ids() = {outcome->pending_ids.begin(), outcome->pending_ids.end()};
  return response;
}

}  // namespace

Operations::Operations(Reprocessor::Parts parts, prometheus::Registry& metrics)
    : clock_(parts.clock),
      replayer_({.ledger = parts.ledger,
                 .feed_clock = parts.feed_clock,
                 .read_topic = parts.read_topic,
                 .publisher = parts.publisher},
                metrics),
      reprocessor_(std::move(parts), metrics) {}

absl::StatusOr<v1::ResummarizeResponse> Operations::Resummarize(
    const v1::ResummarizeRequest& request, std::stop_token stop) {
  if (request.all_embedded() == !request.arxiv_ids().empty()) {
    return absl::InvalidArgumentError("arxiv_ids: name papers, or set all_embedded, not both");
  }
  Reprocessor::Task task{.name = "resummarize",
                         .arxiv_ids = {request.arxiv_ids().begin(), request.arxiv_ids().end()},
                         .encode = [this](const v1::Entry& stored, paper::Revision next) {
                           v1::NewPaper event;
                           *event.mutable_paper() = stored.paper();
                           *event.mutable_revision() = events::ToProto(next);
                           return events::Encode(
                               events::kNewPaper, event,
                               {.service = "serve", .configuration = "resummarize"}, clock_);
                         }};
  if (request.all_embedded()) {
    task.wanted = [](const v1::Entry& entry) {
      return entry.summary().provenance().summarizer() == v1::SUMMARIZER_KIND_EMBEDDED;
    };
  }
  return Answer<v1::ResummarizeResponse>(reprocessor_.Run(task, std::move(stop)));
}

absl::StatusOr<v1::ReclassifyResponse> Operations::Reclassify(const v1::ReclassifyRequest& request,
                                                              std::stop_token stop) {
  if (request.all_other_models() == !request.arxiv_ids().empty()) {
    return absl::InvalidArgumentError("arxiv_ids: name papers, or set all_other_models, not both");
  }
  if (request.all_other_models() == request.model().empty()) {
    return absl::InvalidArgumentError(
        "model: name the model that tags now, with all_other_models and only then");
  }
  Reprocessor::Task task{.name = "reclassify",
                         .arxiv_ids = {request.arxiv_ids().begin(), request.arxiv_ids().end()},
                         .encode = [this](const v1::Entry& stored, paper::Revision next) {
                           // The summary stays, and with it its rank.
                           next.rank = static_cast<uint8_t>(stored.revision().rank());
                           v1::SummarizedPaper event;
                           *event.mutable_paper() = stored.paper();
                           *event.mutable_summary() = stored.summary();
                           *event.mutable_revision() = events::ToProto(next);
                           return events::Encode(
                               events::kSummarized, event,
                               {.service = "serve", .configuration = "reclassify"}, clock_);
                         }};
  if (request.all_other_models()) {
    task.wanted = [&request](const v1::Entry& entry) {
      return entry.tag_provenance().model() != request.model();
    };
  }
  return Answer<v1::ReclassifyResponse>(reprocessor_.Run(task, std::move(stop)));
}

absl::StatusOr<v1::RemovePaperResponse> Operations::RemovePaper(
    const v1::RemovePaperRequest& request, std::stop_token stop) {
  const absl::StatusOr<std::string> id = CanonicalId("arxiv_id", request.arxiv_id());
  if (!id.ok()) return id.status();
  const std::string reason = paper::CleanLine(request.reason());
  if (reason.empty() || reason.size() > kLongestReason) {
    return absl::InvalidArgumentError(
        "reason: say why, in at most 300 bytes; the ledger shows it to everybody");
  }
  const auto outcome = reprocessor_.Run(
      {.name = "remove",
       .arxiv_ids = {*id},
       // What is on its way of an earlier generation is to stay out, too.
       .yields = false,
       .encode =
           [this, &reason](const v1::Entry& stored, paper::Revision next) {
             v1::TaggedPaper event;
             // Nothing else: the text is what somebody wants gone.
             v1::Paper& paper = *event.mutable_paper();
             paper.set_arxiv_id(stored.paper().arxiv_id());
             paper.set_version(stored.paper().version());
             paper.set_announced(stored.paper().announced());
             *event.mutable_revision() = events::ToProto(next);
             event.set_removed(true);
             event.set_removed_reason(reason);
             return events::Encode(events::kTagged, event,
                                   {.service = "serve", .configuration = "remove"}, clock_);
           }},
      std::move(stop));
  if (!outcome.ok()) return outcome.status();
  if (!outcome->missing_ids.empty()) {
    return absl::NotFoundError(*id + " is not in the window of the last seven days");
  }
  if (!outcome->pending_ids.empty()) {
    return absl::UnavailableError("a new version of " + *id +
                                  " is on its way or has just come; nothing was requested, ask "
                                  "again when it is served");
  }
  return v1::RemovePaperResponse();
}

absl::StatusOr<v1::ReplayDeadLettersResponse> Operations::ReplayDeadLetters(
    const v1::ReplayDeadLettersRequest& request, std::stop_token stop) {
  return replayer_.Run(request, std::move(stop));
}

}  // namespace paperwire::serve
