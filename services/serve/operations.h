#pragma once

#include <stop_token>

#include "absl/status/statusor.h"
#include "paperwire/v1/operator_service.pb.h"
#include "services/serve/dead_letter_replayer.h"
#include "services/serve/reprocessor.h"

namespace paperwire::serve {

// What operators may ask for. Thread-safe. Errors: InvalidArgument where a request is not clear
// (nothing was published then), and those of Reprocessor::Run.
class Operations {
 public:
  Operations(Reprocessor::Parts parts, prometheus::Registry& metrics);

  // Papers onto `new-paper`.
  absl::StatusOr<v1::ResummarizeResponse> Resummarize(const v1::ResummarizeRequest& request,
                                                      std::stop_token stop);
  // Papers with the summaries that are stored onto `summarized`: their tags are chosen anew.
  absl::StatusOr<v1::ReclassifyResponse> Reclassify(const v1::ReclassifyRequest& request,
                                                    std::stop_token stop);

  // A removal onto `tagged`. NotFound: the paper is not in the window.
  absl::StatusOr<v1::RemovePaperResponse> RemovePaper(const v1::RemovePaperRequest& request,
                                                      std::stop_token stop);

  // Dead letters onto the topics they came from. Errors: those of DeadLetterReplayer::Run.
  absl::StatusOr<v1::ReplayDeadLettersResponse> ReplayDeadLetters(
      const v1::ReplayDeadLettersRequest& request, std::stop_token stop);

 private:
  const clock::Clock& clock_;
  DeadLetterReplayer replayer_;
  Reprocessor reprocessor_;
};

}  // namespace paperwire::serve
