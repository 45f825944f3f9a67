#include "libs/redis/connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#ifdef PAPERWIRE_REDIS_TLS
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace paperwire::redis {
namespace {

// The server begins with what it has while the rest is made.
constexpr size_t kSendAt = 16u << 10;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(void* reply) const { freeReplyObject(reply); }
};

timeval ToTimeval(std::chrono::milliseconds duration) {
  return {.tv_sec = duration.count() / 1000, .tv_usec = (duration.count() % 1000) * 1000};
}

absl::Status Broken(const std::string& address, std::string_view what) {
  return absl::UnavailableError(fmt::format("connection to Redis at {}: {}", address, what));
}

std::string Describe(const redisContext& context) {
  if (context.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return "no answer in time";
  }
  return context.errstr;
}

void AppendCommand(const Command& command, std::string& out) {
  fmt::format_to(std::back_inserter(out), "*{}\r\n", command.size());
  for (const std::string& part : command) {
    fmt::format_to(std::back_inserter(out), "${}\r\n", part.size());
    out += part;
    out += "\r\n";
  }
}

Reply Convert(const redisReply& reply) {
  Reply out;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      out.kind = Reply::Kind::kInteger;
      out.integer = reply.integer;
      break;
    case REDIS_REPLY_ARRAY:
      out.kind = Reply::Kind::kArray;
      out.elements.reserve(reply.elements);
      for (size_t i = 0; i < reply.elements; ++i)
        out.elements.push_back(Convert(*reply.element[i]));
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      out.kind = reply.type == REDIS_REPLY_STRING   ? Reply::Kind::kString
                 : reply.type == REDIS_REPLY_STATUS ? Reply::Kind::kStatus
                                                    : Reply::Kind::kError;
      out.text.assign(reply.str, reply.len);
      break;
    default:
      out.kind = Reply::Kind::kNil;
  }
  return out;
}

#ifdef PAPERWIRE_REDIS_TLS
struct FreeTlsContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::string TlsError() {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return fmt::format("TLS: {}", text);
}

// Null: what is wrong is OpenSSL's last error.
SSL* NewTls(const Url& url) {
  const std::unique_ptr<SSL_CTX, FreeTlsContext> context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return nullptr;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  const bool trusted =
      url.ca.empty() ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                     : SSL_CTX_load_verify_locations(context.get(), url.ca.c_str(), nullptr) == 1;
  const bool ours =
      url.cert.empty() ||
      (SSL_CTX_use_certificate_chain_file(context.get(), url.cert.c_str()) == 1 &&
       SSL_CTX_use_PrivateKey_file(context.get(), url.key.c_str(), SSL_FILETYPE_PEM) == 1);
  if (!trusted || !ours) return nullptr;
  SSL* tls = SSL_new(context.get());
  if (tls == nullptr) return nullptr;
  const char* host = url.addresses.front().host.c_str();
  in6_addr ignored;
  if (inet_pton(AF_INET, host, &ignored) == 1 || inet_pton(AF_INET6, host, &ignored) == 1) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host);
  } else {
    SSL_set1_host(tls, host);
    SSL_set_tlsext_host_name(tls, host);
  }
  return tls;
}
#endif

class HiredisConnection final : public Connection {
 public:
  using Connection::Exchange;

  HiredisConnection(redisContext* context, std::string address, bool tls)
      : context_(context), address_(std::move(address)), tls_(tls) {}

  absl::StatusOr<std::vector<Reply>> Exchange(size_t count, const CommandAt& command) override {
    buffer_.clear();
    for (size_t i = 0; i < count; ++i) {
      AppendCommand(command(i), buffer_);
      if (buffer_.size() < kSendAt && i + 1 < count) continue;
      if (auto status = Send(); !status.ok()) return status;
      buffer_.clear();
    }
    std::vector<Reply> replies;
    replies.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      void* raw = nullptr;
      errno = 0;
      if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) {
        return Broken(address_, Describe(*context_));
      }
      const std::unique_ptr<void, FreeReply> owned(raw);
      replies.push_back(Convert(*static_cast<const redisReply*>(raw)));
    }
    return replies;
  }

  bool Quiet() const override {
    if (context_->reader->pos < context_->reader->len) return false;
    pollfd poll_fd{.fd = context_->fd, .events = POLLIN | POLLRDHUP, .revents = 0};
    return poll(&poll_fd, 1, 0) == 0;
  }

  // hiredis enables keepalive but not the limit on unacknowledged data, without which a write into
  // a dead network waits a quarter of an hour.
  absl::Status Prepare(const Options& options) {
    if (redisSetTimeout(context_.get(), ToTimeval(options.command_timeout)) != REDIS_OK) {
      return Broken(address_, context_->errstr);
    }
    if (context_->connection_type != REDIS_CONN_TCP) return absl::OkStatus();
    if (redisEnableKeepAlive(context_.get()) != REDIS_OK) {
      return Broken(address_, context_->errstr);
    }
    const auto unacknowledged = static_cast<unsigned>(options.command_timeout.count());
    setsockopt(context_->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged, sizeof unacknowledged);
    return absl::OkStatus();
  }

#ifdef PAPERWIRE_REDIS_TLS
  // The server's certificate must be for the host that we asked for: hiredis alone asks only that
  // somebody trusted signed it.
  absl::Status StartTls(const Url& url) {
    SSL* tls = NewTls(url);
    if (tls == nullptr) return Broken(address_, TlsError());
    // Owned by the context from here on, also on failure.
    if (redisInitiateSSL(context_.get(), tls) != REDIS_OK) {
      return Broken(address_, context_->errstr);
    }
    return absl::OkStatus();
  }
#endif

 private:
  absl::Status Send() {
    if (tls_) {
      redisAppendFormattedCommand(context_.get(), buffer_.data(), buffer_.size());
      return absl::OkStatus();
    }
    // Not through hiredis: its write() would raise SIGPIPE when the server has gone, and it moves
    // the whole rest of the buffer after each partial write.
    std::string_view rest = buffer_;
    while (!rest.empty()) {
      const ssize_t sent = send(context_->fd, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) {
        const bool late = errno == EAGAIN || errno == EWOULDBLOCK;
        return Broken(address_, late ? "takes no data" : std::strerror(errno));
      }
      rest.remove_prefix(static_cast<size_t>(sent));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<redisContext, FreeContext> context_;
  std::string address_;
  bool tls_;
  std::string buffer_;
};

std::vector<Command> Greeting(const Url& url) {
  std::vector<Command> commands;
  if (!url.password.empty()) {
    commands.push_back(url.user.empty() ? Command{"AUTH", url.password}
                                        : Command{"AUTH", url.user, url.password});
  }
  if (url.db != 0) commands.push_back({"SELECT", std::to_string(url.db)});
  return commands;
}

}  // namespace

bool HasTls() {
#ifdef PAPERWIRE_REDIS_TLS
  return true;
#else
  return false;
#endif
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Url& url,
                                                             const Options& options) {
  const timeval timeout = ToTimeval(options.connect_timeout);
  redisContext* context = nullptr;
  if (url.path.empty()) {
    const Address& address = url.addresses.front();
    context = redisConnectWithTimeout(address.host.c_str(), address.port, timeout);
  } else {
    context = redisConnectUnixWithTimeout(url.path.c_str(), timeout);
  }
  if (context == nullptr) return Broken(url.Where(), "out of memory");
  auto connection = std::make_unique<HiredisConnection>(context, url.Where(), url.tls);
  if (context->err != 0) return Broken(url.Where(), context->errstr);
  if (auto status = connection->Prepare(options); !status.ok()) return status;
#ifdef PAPERWIRE_REDIS_TLS
  if (url.tls) {
    if (auto status = connection->StartTls(url); !status.ok()) return status;
  }
#endif
  const auto greeting = Greeting(url);
  if (!greeting.empty()) {
    auto replies = connection->Exchange(greeting);
    if (!replies.ok()) return replies.status();
    for (const Reply& reply : *replies) {
      if (auto status = Client::StatusOf(reply); !status.ok()) return status;
    }
  }
  return connection;
}

}  // namespace paperwire::redis
