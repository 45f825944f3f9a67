#include "libs/http/server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "libs/access/peer.h"
#include "libs/http/listen_address.h"
#include "libs/http/session.h"

namespace paperwire::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Clients over the limit get a 503; over this many more they are hung up on.
constexpr size_t kMaxRefusing = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};

class BeastServer final : public Server {
 public:
  BeastServer(ServerOptions options, Handler handler) : acceptor_(asio::make_strand(io_)) {
    shared_.options = std::move(options);
    shared_.handler = std::move(handler);
  }

  ~BeastServer() override {
    Drain(std::chrono::milliseconds(0));
    for (std::thread& thread : threads_) thread.join();
  }

  error_code Listen(const ListenAddress& address) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  void Serve() {
    asio::co_spawn(acceptor_.get_executor(), Accept(), asio::detached);
    for (int i = 0; i < std::max(shared_.options.threads, 1); ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
  }

  uint16_t port() const override { return port_; }

  void Drain(std::chrono::milliseconds timeout) override {
    shared_.draining = true;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
    std::unique_lock lock(mutex_);
    ForEachSession(&Session::CloseWhenIdle);
    const auto empty = [this]() { return sessions_.empty(); };
    if (timeout.count() > 0 && changed_.wait_for(lock, timeout, empty)) return;
    ForEachSession(&Session::CloseNow);
  }

 private:
  // Each on its own strand. Needs the lock.
  void ForEachSession(void (Session::*act)()) {
    for (const auto& [session, key] : sessions_) {
      asio::post(session->executor(), [session = session, act] { (session.get()->*act)(); });
    }
  }

  asio::awaitable<void> Accept() {
    while (!shared_.draining) {
      tcp::socket socket(asio::any_io_executor(asio::make_strand(io_)));
      error_code error;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (shared_.draining) break;
      if (error) {
        // Out of descriptors, most of all: pause, or this loop would spin.
        if (shared_.options.on_error != nullptr) {
          shared_.options.on_error("cannot accept a connection: " + error.message());
        }
        pause_.expires_after(kAcceptPause);
        co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      Admit(std::move(socket));
    }
  }

  // Who its connections are counted under; empty: not counted.
  std::string KeyOf(const tcp::socket& socket) const {
    error_code error;
    const tcp::endpoint endpoint = socket.remote_endpoint(error);
    if (error) return "gone";
    const access::Peer peer = access::PeerOf(endpoint.address().to_string());
    return peer.loopback && !shared_.options.limit_loopback ? std::string() : peer.key;
  }

  void Admit(tcp::socket socket) {
    std::lock_guard lock(mutex_);
    const size_t open = sessions_.size();
    if (shared_.draining) return;
    if (open >= shared_.options.max_connections + kMaxRefusing) return;
    const std::string key = KeyOf(socket);
    size_t& of_peer = by_peer_[key];
    const size_t most = shared_.options.max_connections_per_peer;
    // A greedy peer is hung up on: an answer to each would be what it wants.
    if (!key.empty() && most > 0 && of_peer >= most) return;
    ++of_peer;
    auto session = std::make_shared<Session>(std::move(socket), shared_,
                                             open >= shared_.options.max_connections);
    sessions_.emplace(session, key);
    asio::co_spawn(session->executor(), session->Run(),
                   [this, session](const std::exception_ptr&) { Forget(session); });
  }

  void Forget(const std::shared_ptr<Session>& session) {
    std::lock_guard lock(mutex_);
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    if (const auto peer = by_peer_.find(found->second); --peer->second == 0) by_peer_.erase(peer);
    sessions_.erase(found);
    if (sessions_.empty()) changed_.notify_all();
  }

  // Own synchronization.
  SessionShared shared_;
  asio::io_context io_;

  // Constant after Serve.
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::map<std::shared_ptr<Session>, std::string> sessions_;
  std::map<std::string, size_t> by_peer_;

  // Used on the acceptor's strand only.
  tcp::acceptor acceptor_;
  asio::steady_timer pause_{acceptor_.get_executor()};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, Handler handler) {
  const absl::StatusOr<ListenAddress> address = ParseListenAddress(options.listen);
  if (!address.ok()) return address.status();
  const std::string listen = options.listen;
  auto server = std::make_unique<BeastServer>(std::move(options), std::move(handler));
  if (const error_code error = server->Listen(*address); error) {
    return absl::UnavailableError("cannot listen on " + listen + ": " + error.message());
  }
  server->Serve();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace paperwire::http
