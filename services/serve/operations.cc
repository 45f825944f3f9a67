#include "services/serve/operations.h"

#include <string>
#include <utility>

#include "libs/events/event.h"
#include "libs/events/topics.h"

namespace paperwire::serve {
namespace {

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
    : clock_(parts.clock), reprocessor_(std::move(parts), metrics) {}

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

}  // namespace paperwire::serve
