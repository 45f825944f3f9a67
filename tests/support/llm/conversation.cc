#include "tests/support/llm/conversation.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cctype>
#include <memory>
#include <optional>

#include "fmt/format.h"

namespace paperwire::stand_in {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using Parser = beast::http::request_parser<beast::http::string_body>;

constexpr size_t kMaxBody = 16u << 20;
constexpr milliseconds kForEver = std::chrono::hours(24 * 365);

enum class Sent { kWhole, kBrokenOff, kLeft };

struct Watch {
  explicit Watch(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool left = false;
  bool over = false;
};

// False: the client has left before the time was over. Whoever waits for an answer has nothing to
// say, so that it says something means that it closes.
asio::awaitable<bool> Wait(beast::tcp_stream& stream, milliseconds time) {
  const auto watch = std::make_shared<Watch>(stream.get_executor());
  watch->timer.expires_after(time);
  stream.socket().async_wait(tcp::socket::wait_read, [watch](const error_code&) {
    // Closed by us counts as left, too.
    if (watch->over) return;
    watch->left = true;
    watch->timer.cancel();
  });
  error_code ignored;
  co_await watch->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  watch->over = true;
  if (!watch->left) stream.socket().cancel(ignored);
  co_return !watch->left;
}

template <typename Stream>
asio::awaitable<bool> Write(Stream& stream, std::string_view bytes) {
  error_code error;
  co_await asio::async_write(stream, asio::buffer(bytes.data(), bytes.size()),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

std::string Head(const Reply& reply) {
  const auto reason = beast::http::obsolete_reason(static_cast<beast::http::status>(reply.status));
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", reply.status,
                                 reason.to_string(), reply.content_type);
  for (const auto& [name, value] : reply.headers) head += fmt::format("{}: {}\r\n", name, value);
  const bool endless = reply.how == Reply::How::kEndless;
  if (endless && reply.bytes == 0) return head + "Connection: close\r\n\r\n";
  return head +
         fmt::format("Content-Length: {}\r\n\r\n", endless ? reply.bytes : reply.body.size());
}

// A call counts as in flight until this is told that it is over, or goes.
class InFlight {
 public:
  InFlight(Desk& desk, bool is_call) : desk_(desk), is_call_(is_call) {}
  ~InFlight() { End(); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  void set_left() { left_ = true; }
  void CountBytes(size_t bytes) { desk_.CountBytes(bytes); }
  void End() {
    if (is_call_) desk_.End(left_);
    is_call_ = false;
  }

 private:
  Desk& desk_;
  bool is_call_;
  bool left_ = false;
};

template <typename Stream>
asio::awaitable<Sent> SendEndless(Stream& stream, const Reply& reply, InFlight& in_flight) {
  size_t left = reply.bytes == 0 ? SIZE_MAX : reply.bytes;
  while (left > 0) {
    const std::string_view block = std::string_view(reply.body).substr(0, left);
    if (!co_await Write(stream, block)) co_return Sent::kLeft;
    in_flight.CountBytes(block.size());
    left -= block.size();
  }
  co_return Sent::kWhole;
}

template <typename Stream>
asio::awaitable<Sent> SendSlowly(Stream& stream, const Reply& reply) {
  for (const char& letter : reply.body) {
    if (!co_await Wait(beast::get_lowest_layer(stream), reply.pause)) co_return Sent::kLeft;
    if (!co_await Write(stream, {&letter, 1})) co_return Sent::kLeft;
  }
  co_return Sent::kWhole;
}

template <typename Stream>
asio::awaitable<Sent> Send(Stream& stream, const Reply& reply, InFlight& in_flight) {
  beast::tcp_stream& socket = beast::get_lowest_layer(stream);
  if (reply.delay.count() > 0 && !co_await Wait(socket, reply.delay)) co_return Sent::kLeft;
  if (reply.how == Reply::How::kNothing) {
    co_await Wait(socket, kForEver);
    co_return Sent::kLeft;
  }
  if (reply.how == Reply::How::kReset) {
    error_code ignored;
    socket.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    co_return Sent::kBrokenOff;
  }
  std::string bytes = Head(reply);
  if (reply.how == Reply::How::kWhole) {
    bytes += reply.body;
    // Before the client can know it, so that its next call is not counted beside this one.
    in_flight.End();
  }
  if (reply.how == Reply::How::kCut) bytes += reply.body.substr(0, reply.body.size() / 2);
  if (!co_await Write(stream, bytes)) co_return Sent::kLeft;
  switch (reply.how) {
    case Reply::How::kHeadOnly:
      co_await Wait(socket, kForEver);
      co_return Sent::kLeft;
    case Reply::How::kEndless:
      co_return co_await SendEndless(stream, reply, in_flight);
    case Reply::How::kDrip:
      co_return co_await SendSlowly(stream, reply);
    case Reply::How::kCut:
      co_return Sent::kBrokenOff;
    default:
      co_return Sent::kWhole;
  }
}

// False: the connection is to be closed.
template <typename Stream>
asio::awaitable<bool> AnswerOne(Stream& stream, beast::flat_buffer& buffer, Desk& desk) {
  Parser parser;
  parser.body_limit(kMaxBody);
  error_code error;
  co_await beast::http::async_read(stream, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return false;
  const auto& message = parser.get();
  std::map<std::string, std::string> headers;
  for (const auto& field : message) {
    std::string name = field.name_string().to_string();
    for (char& letter : name) {
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    headers[name] = field.value().to_string();
  }
  bool is_call = false;
  const Reply reply = desk.Take(message.method_string().to_string(), message.target().to_string(),
                                headers, message.body(), is_call);
  InFlight in_flight(desk, is_call);
  const Sent sent = co_await Send(stream, reply, in_flight);
  if (sent == Sent::kLeft) in_flight.set_left();
  co_return sent == Sent::kWhole&& message.keep_alive() &&
      !(reply.how == Reply::How::kEndless && reply.bytes == 0);
}

template <typename Stream>
asio::awaitable<void> ConverseOn(Stream& stream, Desk& desk) {
  beast::flat_buffer buffer;
  while (co_await AnswerOne(stream, buffer, desk)) {
  }
}

}  // namespace

asio::awaitable<void> Converse(beast::tcp_stream& stream, Desk& desk, asio::ssl::context* tls) {
  error_code error;
  stream.socket().set_option(tcp::no_delay(true), error);
  if (tls == nullptr) {
    co_await ConverseOn(stream, desk);
  } else {
    beast::ssl_stream<beast::tcp_stream&> packed(stream, *tls);
    co_await packed.async_handshake(asio::ssl::stream_base::server,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_await ConverseOn(packed, desk);
  }
  stream.close();
}

}  // namespace paperwire::stand_in
