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

  FakeFeed() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
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

    grpc::Status WatchPapers(grpc::ServerContext* context, const v1::WatchPapersRequest* request,
                             grpc::ServerWriter<v1::WatchPapersResponse>* writer) override {
      Stream stream;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(*request);
        if (!script_.empty()) {
          stream = std::move(script_.front());
          script_.pop_front();
        }
      }
      for (const auto& message : stream.messages) writer->Write(message);
      if (stream.end.has_value()) return *stream.end;
      std::unique_lock lock(mutex_);
      while (!closed_ && !context->IsCancelled()) {
        changed_.wait_for(lock, std::chrono::milliseconds(20));
      }
      return grpc::Status::OK;
    }

   private:
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
