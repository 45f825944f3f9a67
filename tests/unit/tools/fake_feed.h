#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "paperwire/v1/feed_service.grpc.pb.h"

namespace paperwire::cli {

// A FeedService whose streams of cards follow a script, on a free port. Thread-safe.
class FakeFeed {
 public:
  // What one call of WatchPapers does: sends these, then ends so (nullopt: stays open, silent).
  struct Stream {
    std::vector<v1::WatchPapersResponse> messages = {};
    std::optional<grpc::Status> end = {};
  };

  // What the other methods answer, and what they were asked.
  struct Answers {
    v1::ListPapersResponse list = {};
    // How many pages of that there are.
    int pages = 1;
    v1::SearchPapersResponse search = {};
    v1::RelatedPapersResponse related = {};
    v1::GetStatusResponse status = {};
    // What WatchStatus sends, then staying open; none: UNIMPLEMENTED.
    std::vector<v1::GetStatusResponse> statuses = {};
    // Instead of any of these.
    grpc::Status failure = {};
    std::vector<v1::ListPapersRequest> listed = {};
    std::vector<v1::SearchPapersRequest> searched = {};
    std::vector<v1::RelatedPapersRequest> related_to = {};
    int statuses_asked = 0;
    // "authorization" of GetStatus and WatchPapers; empty: none.
    std::vector<std::string> authorizations = {};
  };

  explicit FakeFeed(const std::shared_ptr<grpc::ServerCredentials>& credentials =
                        grpc::InsecureServerCredentials()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~FakeFeed() {
    service_.Close();
    server_->Shutdown();
  }
  FakeFeed(const FakeFeed&) = delete;
  FakeFeed& operator=(const FakeFeed&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // The next calls do this, in turn; without a script a call stays open and silent.
  void Expect(Stream stream) { service_.Expect(std::move(stream)); }
  // `change` is given the answers to change.
  template <typename Use>
  void Change(const Use& change) {
    service_.WithAnswers(change);
  }
  Answers answers() {
    Answers copy;
    service_.WithAnswers([&copy](Answers& answers) { copy = answers; });
    return copy;
  }
  // The requests of WatchPapers so far.
  std::vector<v1::WatchPapersRequest> requests() const { return service_.requests(); }

 private:
  class Service final : public v1::FeedService::Service {
   public:
    void Expect(Stream stream) {
      const std::lock_guard lock(mutex_);
      script_.push_back(std::move(stream));
    }
    std::vector<v1::WatchPapersRequest> requests() const {
      const std::lock_guard lock(mutex_);
      return requests_;
    }
    void Close() {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      changed_.notify_all();
    }

    template <typename Use>
    grpc::Status WithAnswers(const Use& use) {
      const std::lock_guard lock(mutex_);
      use(answers_);
      return answers_.failure;
    }

    grpc::Status ListPapers(grpc::ServerContext* /*context*/, const v1::ListPapersRequest* request,
                            v1::ListPapersResponse* response) override {
      return WithAnswers([&](Answers& answers) {
        answers.listed.push_back(*request);
        *response = answers.list;
        if (static_cast<int>(answers.listed.size()) >= answers.pages) {
          response->clear_next_page_token();
        }
      });
    }
    grpc::Status SearchPapers(grpc::ServerContext* /*context*/,
                              const v1::SearchPapersRequest* request,
                              v1::SearchPapersResponse* response) override {
      return WithAnswers([&](Answers& answers) {
        answers.searched.push_back(*request);
        *response = answers.search;
      });
    }
    grpc::Status RelatedPapers(grpc::ServerContext* /*context*/,
                               const v1::RelatedPapersRequest* request,
                               v1::RelatedPapersResponse* response) override {
      return WithAnswers([&](Answers& answers) {
        answers.related_to.push_back(*request);
        *response = answers.related;
      });
    }
    grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest* /*request*/,
                           v1::GetStatusResponse* response) override {
      return WithAnswers([&](Answers& answers) {
        ++answers.statuses_asked;
        answers.authorizations.push_back(Authorization(context));
        *response = answers.status;
      });
    }
    grpc::Status WatchStatus(grpc::ServerContext* context,
                             const v1::WatchStatusRequest* /*request*/,
                             grpc::ServerWriter<v1::WatchStatusResponse>* writer) override {
      std::vector<v1::GetStatusResponse> statuses;
      WithAnswers([&](Answers& answers) { statuses = answers.statuses; });
      if (statuses.empty()) return {grpc::StatusCode::UNIMPLEMENTED, "not in this version"};
      for (const auto& status : statuses) {
        v1::WatchStatusResponse response;
        *response.mutable_status() = status;
        writer->Write(response);
      }
      StayOpen(context);
      return grpc::Status::OK;
    }

    grpc::Status WatchPapers(grpc::ServerContext* context, const v1::WatchPapersRequest* request,
                             grpc::ServerWriter<v1::WatchPapersResponse>* writer) override {
      Stream stream;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(*request);
        answers_.authorizations.push_back(Authorization(context));
        if (!script_.empty()) {
          stream = std::move(script_.front());
          script_.pop_front();
        }
      }
      for (const auto& message : stream.messages) writer->Write(message);
      if (stream.end.has_value()) return *stream.end;
      StayOpen(context);
      return grpc::Status::OK;
    }

   private:
    static std::string Authorization(const grpc::ServerContext* context) {
      const auto& metadata = context->client_metadata();
      const auto found = metadata.find("authorization");
      return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
    }

    void StayOpen(grpc::ServerContext* context) {
      std::unique_lock lock(mutex_);
      while (!closed_ && !context->IsCancelled()) {
        changed_.wait_for(lock, std::chrono::milliseconds(20));
      }
    }

    Answers answers_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool closed_ = false;
    std::deque<Stream> script_;
    std::vector<v1::WatchPapersRequest> requests_;
  };

  Service service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A card's message.
inline v1::WatchPapersResponse CardMessage(const std::string& id, const std::string& token) {
  v1::WatchPapersResponse message;
  message.mutable_entry()->mutable_paper()->set_arxiv_id(id);
  message.mutable_entry()->mutable_paper()->set_announced("2026-06-09");
  message.mutable_entry()->mutable_paper()->set_title("On " + id);
  message.mutable_entry()->mutable_revision()->set_value(7);
  message.set_resume_token(token);
  return message;
}

inline v1::WatchPapersResponse RemovedMessage(const std::string& id, const std::string& token) {
  v1::WatchPapersResponse message;
  message.set_removed_id(id);
  message.set_resume_token(token);
  return message;
}

inline v1::WatchPapersResponse LiveMessage(const std::string& token) {
  v1::WatchPapersResponse message;
  message.mutable_heartbeat()->set_live(true);
  message.set_resume_token(token);
  return message;
}

}  // namespace paperwire::cli
