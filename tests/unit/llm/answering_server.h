#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "libs/http/server.h"

namespace paperwire::llm {

// Gives the answers that it was given, in order; the last one again and again. Thread-safe.
class AnsweringServer {
 public:
  explicit AnsweringServer(std::vector<http::Response> answers) : answers_(std::move(answers)) {
    http::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.max_body_bytes = 1u << 20;
    server_ = *http::Server::Start(options,
                                   [this](const http::Request& request) { return Take(request); });
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/v1"; }

  std::vector<http::Request> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  http::Response Take(const http::Request& request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return answers_[std::min(requests_.size(), answers_.size()) - 1];
  }

  mutable std::mutex mutex_;
  const std::vector<http::Response> answers_;
  std::vector<http::Request> requests_;
  // Last: its threads.
  std::unique_ptr<http::Server> server_;
};

}  // namespace paperwire::llm
