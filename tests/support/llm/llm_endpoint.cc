#include "tests/support/llm/llm_endpoint.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <set>
#include <thread>

#include "fmt/format.h"
#include "libs/http/listen_address.h"
#include "tests/support/llm/conversation.h"
#include "tests/support/llm/desk.h"
#include "tests/support/wait.h"

namespace paperwire::stand_in {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

[[noreturn]] void Fail(const std::string& why) {
  fmt::print(stderr, "the model's endpoint: {}\n", why);
  std::abort();
}

std::unique_ptr<asio::ssl::context> MakeTls(const LlmEndpointOptions& options) {
  if (options.certificate.empty()) return nullptr;
  auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code error;
  tls->use_certificate_chain(asio::buffer(options.certificate), error);
  if (!error) tls->use_private_key(asio::buffer(options.key), asio::ssl::context::pem, error);
  if (error) Fail("the certificate cannot be used: " + error.message());
  return tls;
}

}  // namespace

// The door and its thread. All that is asynchronous runs on that thread.
class House {
 public:
  House(const LlmEndpointOptions& options, Desk& desk)
      : desk_(desk), tls_(MakeTls(options)), acceptor_(io_) {
    const auto address = http::ParseListenAddress(options.listen);
    if (!address.ok()) Fail(std::string(address.status().message()));
    endpoint_ = {asio::ip::make_address(address->host), address->port};
    if (const error_code error = Listen(); error) {
      Fail("cannot listen on " + options.listen + ": " + error.message());
    }
    endpoint_ = acceptor_.local_endpoint();
    thread_ = std::thread([this] { io_.run(); });
  }

  ~House() {
    io_.stop();
    thread_.join();
  }

  uint16_t port() const { return endpoint_.port(); }
  bool has_tls() const { return tls_ != nullptr; }

  void Close() {
    OnThread([this] {
      error_code ignored;
      acceptor_.close(ignored);
      for (beast::tcp_stream* stream : streams_) stream->close();
      return error_code();
    });
  }

  void Open() {
    error_code error;
    const bool open = support::WaitUntil(std::chrono::seconds(10), [&] {
      error = OnThread([this] { return acceptor_.is_open() ? error_code() : Listen(); });
      return !error;
    });
    if (!open) Fail("cannot listen again: " + error.message());
  }

 private:
  error_code OnThread(std::function<error_code()> act) {
    std::promise<error_code> done;
    asio::post(io_, [&] { done.set_value(act()); });
    return done.get_future().get();
  }

  error_code Listen() {
    error_code error;
    acceptor_.open(endpoint_.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint_, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    error_code ignored;
    if (error) {
      acceptor_.close(ignored);
    } else {
      asio::co_spawn(io_, Accept(), asio::detached);
    }
    return error;
  }

  asio::awaitable<void> Accept() {
    while (true) {
      tcp::socket socket(asio::any_io_executor(io_.get_executor()));
      error_code error;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
      if (!error) asio::co_spawn(io_, Serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> Serve(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    streams_.insert(&stream);
    co_await Converse(stream, desk_, tls_.get());
    streams_.erase(&stream);
  }

  Desk& desk_;
  const std::unique_ptr<asio::ssl::context> tls_;
  // Used on the thread only. Outlives the conversations, which the context holds.
  std::set<beast::tcp_stream*> streams_;
  asio::io_context io_{1};
  // While it is closed there is nothing else to wait for.
  const asio::executor_work_guard<asio::io_context::executor_type> staying_{io_.get_executor()};
  tcp::acceptor acceptor_;
  // Constant after construction.
  tcp::endpoint endpoint_;
  std::thread thread_;
};

LlmEndpoint::LlmEndpoint(LlmEndpointOptions options)
    : desk_(std::make_unique<Desk>(options)), house_(std::make_unique<House>(options, *desk_)) {}

LlmEndpoint::~LlmEndpoint() = default;

uint16_t LlmEndpoint::port() const { return house_->port(); }

std::string LlmEndpoint::url() const {
  return fmt::format("{}://127.0.0.1:{}/v1", house_->has_tls() ? "https" : "http", port());
}

void LlmEndpoint::Misbehave(Misbehaviour misbehaviour) {
  desk_->Misbehave(std::move(misbehaviour));
}

void LlmEndpoint::Outage(Misbehaviour outage) { desk_->SetOutage(std::move(outage)); }

void LlmEndpoint::Close() { house_->Close(); }

void LlmEndpoint::Well() {
  desk_->SetOutage(std::nullopt);
  house_->Open();
}

void LlmEndpoint::Behave() {
  Well();
  desk_->Behave();
}

Manner LlmEndpoint::manner() const { return desk_->manner(); }

void LlmEndpoint::SetManner(Manner manner) { desk_->SetManner(std::move(manner)); }

CallCounts LlmEndpoint::counts() const { return desk_->counts(); }

std::vector<Called> LlmEndpoint::calls() const { return desk_->calls(); }

void LlmEndpoint::Forget() { desk_->Forget(); }

absl::Status LlmEndpoint::Order(const std::string& json) { return desk_->Order(json); }

}  // namespace paperwire::stand_in
