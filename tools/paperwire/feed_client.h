#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "libs/config/settings.h"
#include "paperwire/v1/feed_service.pb.h"
#include "tools/paperwire/connection.h"

namespace paperwire::cli {

// Which server a command asks, and how long it waits for each answer.
struct ServerSettings {
  std::string server = "127.0.0.1:50051";
  std::chrono::milliseconds deadline{10000};
  ConnectionSettings connection = {};

  // Declares --server and those of ConnectionSettings.
  void DeclareAddress(config::Settings& settings);
  // And --deadline.
  void Declare(config::Settings& settings);
};

// Asks a FeedService. Every call has a deadline. Thread-safe. Errors are the server's own; where
// it did not answer they say "no answer from <server>".
class FeedClient {
 public:
  explicit FeedClient(const ServerSettings& settings);
  ~FeedClient();

  absl::StatusOr<v1::ListPapersResponse> ListPapers(const v1::ListPapersRequest& request);
  absl::StatusOr<v1::GetPaperResponse> GetPaper(const v1::GetPaperRequest& request);
  absl::StatusOr<v1::SearchPapersResponse> SearchPapers(const v1::SearchPapersRequest& request);
  absl::StatusOr<v1::RelatedPapersResponse> RelatedPapers(const v1::RelatedPapersRequest& request);
  absl::StatusOr<v1::ListTagsResponse> ListTags();
  absl::StatusOr<v1::GetStatusResponse> GetStatus();

  // Reads one stream, of the server that is next in turn after so many `tries`: hands its messages
  // on and returns how it ended (FeedStream has the rest).
  absl::Status WatchPapers(const v1::WatchPapersRequest& request, int tries,
                           const std::function<absl::Status(const v1::WatchPapersResponse&)>& take,
                           const std::function<void()>& idle, std::chrono::milliseconds silence,
                           std::stop_token stop);
  absl::Status WatchStatus(int tries,
                           const std::function<absl::Status(const v1::WatchStatusResponse&)>& take,
                           const std::function<void()>& idle, std::chrono::milliseconds silence,
                           std::stop_token stop);

  // Ok, or what is wrong with the settings.
  absl::Status status() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace paperwire::cli
