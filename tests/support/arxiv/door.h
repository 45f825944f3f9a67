#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "libs/http/server.h"

namespace paperwire::arxiv {

// How the bytes of an answer leave.
struct Delivery {
  enum class How { kWhole, kNothing, kReset, kCut };

  http::Response response;
  How how = How::kWhole;
  // Before the first byte; with kNothing zero means until the client leaves.
  std::chrono::milliseconds delay{0};
  // Let go when the answer begins to leave.
  std::shared_ptr<void> work = nullptr;
};

// An HTTP/1.1 server of the plainest kind: a thread a connection, so that it can wait, break off in
// the middle and reset, which a proper server cannot be made to do.
class Door {
 public:
  // `connection`: its number, from 1. Called from several threads.
  using Handler =
      std::function<Delivery(const http::Request&, const std::string& target, int connection)>;

  // Aborts when the address cannot be bound.
  Door(const std::string& listen, Handler handler);
  // Breaks off what is being answered.
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  uint16_t port() const { return port_; }

 private:
  struct Visit {
    int descriptor = -1;
    std::atomic<bool> over{false};
    std::thread thread;
  };

  void Accept();
  void Serve(Visit& visit, int number);
  // False: the connection is to be closed.
  bool AnswerOne(int descriptor, std::string& buffer, int number);
  // Waits, and returns false when the client or the door has left.
  bool Wait(int descriptor, std::chrono::milliseconds delay) const;

  Handler handler_;
  int descriptor_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> closing_{false};

  std::mutex mutex_;
  std::list<Visit> visits_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace paperwire::arxiv
