#pragma once

#include <stop_token>

namespace paperwire::llm {

// A stop that is requested with either of two others, for as long as this lives. Thread-safe.
class EitherStop {
 public:
  EitherStop(const std::stop_token& one, const std::stop_token& other)
      : one_(one, Request{&source_}), other_(other, Request{&source_}) {}
  EitherStop(const EitherStop&) = delete;
  EitherStop& operator=(const EitherStop&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  struct Request {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };

  std::stop_source source_;
  std::stop_callback<Request> one_;
  std::stop_callback<Request> other_;
};

}  // namespace paperwire::llm
