#pragma once

// clang-format off: Boost 1.74's awaitable.hpp needs <utility> and does not include it.
#include <utility>
// clang-format on

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "libs/http/server.h"

namespace paperwire::http {

// What the sessions of one server share. Outlives them; constant but for `draining`.
struct SessionShared {
  ServerOptions options;
  Server::Handler handler;
  std::atomic<bool> draining{false};
};

// One connection, from accept to close. Runs on its own strand; all functions but the constructor
// are called there. Internal to libs/http.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Stream = boost::beast::tcp_stream;

  // `overloaded`: answers 503 and closes.
  Session(Stream::socket_type socket, SessionShared& shared, bool overloaded);

  // The strand.
  boost::asio::any_io_executor executor() { return stream_.get_executor(); }

  // The session must be owned by a shared pointer that outlives this.
  boost::asio::awaitable<void> Run();

  // Closes now if no request is being answered; if one is, after it.
  void CloseWhenIdle();
  void CloseNow();

 private:
  // Each returns false when the connection is to be closed.
  boost::asio::awaitable<bool> WaitForRequest(bool first);
  boost::asio::awaitable<bool> AnswerOne(bool more_allowed);
  boost::asio::awaitable<bool> Send(Response response, bool head_only, bool keep_alive,
                                    bool http10);
  boost::asio::awaitable<void> Refuse(int status, std::string_view reason);
  boost::asio::awaitable<void> Linger();

  // Between the two, reading is cancelled when the time is over.
  void StartHeaderDeadline();
  // Whether the time was over.
  bool EndHeaderDeadline();

  Response ErrorPage(int status, std::string_view reason) const;
  Response Handle(const Request& request) const;

  SessionShared& shared_;
  const bool overloaded_;
  Stream stream_;
  boost::beast::flat_buffer buffer_;
  std::string peer_;
  bool idle_ = true;

  // The stream's own time-out closes the socket, which leaves no way to answer 408.
  boost::asio::steady_timer header_deadline_;
  // Counts the deadlines, so that one that fires late cancels nothing of the next request.
  uint64_t header_deadlines_ = 0;
  bool header_late_ = false;
};

}  // namespace paperwire::http
