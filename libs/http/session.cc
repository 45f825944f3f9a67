#include "libs/http/session.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <exception>
#include <optional>
#include <utility>

#include "libs/clock/clock.h"
#include "libs/http/request_target.h"
#include "libs/http/response_head.h"

namespace paperwire::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;

// How much and how long a refused client may still send, so that it gets to read the answer
// instead of a reset.
constexpr std::chrono::milliseconds kLingerTime{1000};
constexpr size_t kLingerBytes = 256u << 10;
constexpr size_t kSlowestBytesPerSecond = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view ToStd(boost::string_view text) { return {text.data(), text.size()}; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

// The answer to a request that could not be read; 0: none, the client went away.
int StatusOfReadError(const error_code& error) {
  if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow) {
    return 431;
  }
  if (error == beast::http::error::body_limit) return 413;
  if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message) {
    return 0;
  }
  return error.category() == make_error_code(beast::http::error::bad_target).category() ? 400 : 0;
}

// How much more than a header is read at once.
constexpr size_t kReadAhead = 16u << 10;

// What is wrong with headers that the parser lets pass; empty: nothing. Two lengths, or a length
// beside chunks, are how requests are smuggled past a proxy.
std::string_view WhyMalformed(const Parser::value_type& message) {
  using beast::http::field;
  const bool chunked = message.count(field::transfer_encoding) > 0;
  if (chunked && message.count(field::content_length) > 0) {
    return "both Content-Length and Transfer-Encoding";
  }
  if (message.count(field::content_length) > 1) return "two lengths";
  if (chunked && (message.version() < 11 || message.count(field::transfer_encoding) > 1 ||
                  Lower(ToStd(message[field::transfer_encoding])) != "chunked")) {
    return "unknown Transfer-Encoding";
  }
  if (message.count(field::host) > 1 ||
      (message.version() >= 11 && message.count(field::host) == 0)) {
    return "one Host header is needed";
  }
  // Which of two a proxy has looked at is anybody's guess.
  if (message.count(field::authorization) > 1) return "two Authorization headers";
  if (message.version() < 10 || message.version() > 11) return "unknown HTTP version";
  return {};
}

}  // namespace

Session::Session(Stream::socket_type socket, SessionShared& shared, bool overloaded)
    : shared_(shared),
      overloaded_(overloaded),
      stream_(std::move(socket)),
      // What a chunk says of itself, and what follows the last one, has no limit in the parser.
      buffer_(shared.options.max_header_bytes + kReadAhead),
      header_deadline_(stream_.get_executor()) {
  error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto endpoint = stream_.socket().remote_endpoint(ignored);
  if (!ignored) peer_ = endpoint.address().to_string();
}

void Session::CloseWhenIdle() {
  if (idle_) CloseNow();
}

void Session::CloseNow() { stream_.close(); }

asio::awaitable<void> Session::Run() {
  if (overloaded_) {
    co_await Refuse(503, "too many connections");
  }
  bool open = !overloaded_;
  for (int served = 0; open; ++served) {
    open = co_await WaitForRequest(/*first=*/served == 0);
    if (!open) break;
    idle_ = false;
    open = co_await AnswerOne(served + 1 < shared_.options.max_requests_per_connection);
    idle_ = true;
    open = open && !shared_.draining;
  }
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  CloseNow();
}

asio::awaitable<bool> Session::WaitForRequest(bool first) {
  if (buffer_.size() > 0) co_return true;
  stream_.expires_after(first ? shared_.options.header_timeout : shared_.options.idle_timeout);
  error_code error;
  const size_t count = co_await stream_.async_read_some(
      buffer_.prepare(4096), asio::redirect_error(asio::use_awaitable, error));
  buffer_.commit(count);
  co_return !error && !shared_.draining;
}

asio::awaitable<bool> Session::AnswerOne(bool more_allowed) {
  Parser parser;
  parser.header_limit(static_cast<uint32_t>(shared_.options.max_header_bytes));
  parser.body_limit(shared_.options.max_body_bytes);

  StartHeaderDeadline();
  error_code error;
  co_await beast::http::async_read_header(stream_, buffer_, parser,
                                          asio::redirect_error(asio::use_awaitable, error));
  if (EndHeaderDeadline() && error) {
    co_await Refuse(408, "the request took too long");
    co_return false;
  }
  Request request;
  if (!error) {
    const std::string_view malformed = WhyMalformed(parser.get());
    if (!malformed.empty()) {
      co_await Refuse(400, malformed);
      co_return false;
    }
    // Before the body: fields that follow it are none that anybody has checked.
    for (const auto& field : parser.get()) {
      request.headers[Lower(ToStd(field.name_string()))] = std::string(ToStd(field.value()));
    }
    if (!parser.is_done()) {
      stream_.expires_after(shared_.options.idle_timeout);
      if (Lower(ToStd(parser.get()[beast::http::field::expect])) == "100-continue") {
        co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                                   asio::redirect_error(asio::use_awaitable, error));
      }
      co_await beast::http::async_read(stream_, buffer_, parser,
                                       asio::redirect_error(asio::use_awaitable, error));
    }
  }
  if (error) {
    const int status = StatusOfReadError(error);
    if (status != 0) co_await Refuse(status, ReasonPhrase(status));
    co_return false;
  }

  auto& message = parser.get();
  const bool head_only = message.method() == beast::http::verb::head;
  request.method = head_only ? "GET" : std::string(ToStd(message.method_string()));
  request.peer = peer_;
  if (!ParseTarget(ToStd(message.target()), request)) {
    co_await Refuse(400, "bad request target");
    co_return false;
  }
  request.body = std::move(message.body());

  Response response = Handle(request);
  const bool keep_alive = more_allowed && message.keep_alive() && !shared_.draining;
  const bool sent =
      co_await Send(std::move(response), head_only, keep_alive, message.version() < 11);
  co_return sent&& keep_alive;
}

asio::awaitable<bool> Session::Send(Response response, bool head_only, bool keep_alive,
                                    bool http10) {
  const std::string head = ResponseHead(response, shared_.options.headers,
                                        clock::SystemClock().Now(), keep_alive, http10);
  std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::const_buffer()};
  if (!head_only && HasBody(response.status) && response.body != nullptr) {
    parts[1] = asio::buffer(*response.body);
  }
  // A slow reader is served; one that stands still, or takes a byte now and then, is not.
  const clock::SystemClock clock;
  const auto latest = clock.SteadyNow() + shared_.options.idle_timeout +
                      std::chrono::milliseconds((parts[0].size() + parts[1].size()) * 1000 /
                                                kSlowestBytesPerSecond);
  while (parts[0].size() + parts[1].size() > 0) {
    stream_.expires_at(std::min(latest, clock.SteadyNow() + shared_.options.idle_timeout));
    error_code error;
    size_t count =
        co_await stream_.async_write_some(parts, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
    for (asio::const_buffer& part : parts) {
      const size_t done = std::min(count, part.size());
      part += done;
      count -= done;
    }
  }
  co_return true;
}

asio::awaitable<void> Session::Refuse(int status, std::string_view reason) {
  Response response = ErrorPage(status, reason);
  const bool sent = co_await Send(std::move(response), false, false, false);
  if (sent) co_await Linger();
}

asio::awaitable<void> Session::Linger() {
  error_code error;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream_.expires_after(kLingerTime);
  std::array<char, 4096> dropped{};
  for (size_t total = 0; !error && total < kLingerBytes;) {
    total += co_await stream_.async_read_some(asio::buffer(dropped),
                                              asio::redirect_error(asio::use_awaitable, error));
  }
}

void Session::StartHeaderDeadline() {
  stream_.expires_never();
  header_late_ = false;
  header_deadline_.expires_after(shared_.options.header_timeout);
  header_deadline_.async_wait(
      [weak = weak_from_this(), number = ++header_deadlines_](const error_code& cancelled) {
        const std::shared_ptr<Session> session = weak.lock();
        if (cancelled || session == nullptr || session->header_deadlines_ != number) return;
        session->header_late_ = true;
        error_code ignored;
        session->stream_.socket().cancel(ignored);
      });
}

bool Session::EndHeaderDeadline() {
  ++header_deadlines_;
  header_deadline_.cancel();
  return header_late_;
}

Response Session::ErrorPage(int status, std::string_view reason) const {
  if (shared_.options.error_page == nullptr) {
    return Response::Text(status,
                          std::string(ReasonPhrase(status)) + ": " + std::string(reason) + "\n");
  }
  Response response = shared_.options.error_page(status, reason);
  response.status = status;
  return response;
}

Response Session::Handle(const Request& request) const {
  try {
    return shared_.handler(request);
  } catch (const std::exception& error) {
    if (shared_.options.on_error != nullptr) {
      shared_.options.on_error(request.method + " " + request.path + ": " + error.what());
    }
  }
  return ErrorPage(500, "the server failed to answer");
}

}  // namespace paperwire::http
