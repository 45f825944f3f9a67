#include "tests/unit/foundation/tls_server.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "tests/unit/foundation/raw_socket.h"

namespace paperwire::foundation_test {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::unique_ptr<BIO, Free> Reader(const std::string& pem) {
  return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::unique_ptr<SSL_CTX, Free> ContextOf(const support::Certificate& made) {
  std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_server_method()));
  const std::unique_ptr<X509, Free> certificate(
      PEM_read_bio_X509(Reader(made.certificate).get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(Reader(made.key).get(), nullptr, nullptr, nullptr));
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    std::abort();
  }
  return context;
}

void Answer(SSL_CTX* context, const RawSocket& socket) {
  // OpenSSL raises it where the other side hung up; a signal of this thread alone.
  sigset_t pipe{};
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  const std::unique_ptr<SSL, Free> ssl(SSL_new(context));
  SSL_set_fd(ssl.get(), socket.descriptor());
  if (SSL_accept(ssl.get()) != 1) return;
  std::string request;
  std::array<char, 4096> block{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const int got = SSL_read(ssl.get(), block.data(), static_cast<int>(block.size()));
    if (got <= 0) return;
    request.append(block.data(), static_cast<size_t>(got));
  }
  constexpr std::string_view kAnswer =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  SSL_write(ssl.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
  SSL_shutdown(ssl.get());
}

}  // namespace

struct TlsServer::State {
  explicit State(const support::Certificate& certificate) : context(ContextOf(certificate)) {}

  std::unique_ptr<SSL_CTX, Free> context;
  RawServer server{RawServer::AtOnce{},
                   [this](const RawSocket& socket, const std::string& /*request*/) {
                     Answer(context.get(), socket);
                   }};
};

TlsServer::TlsServer(const support::Certificate& certificate)
    : state_(std::make_unique<State>(certificate)) {}

TlsServer::~TlsServer() = default;

std::string TlsServer::Url() const {
  return "https://127.0.0.1:" + std::to_string(state_->server.port()) + "/";
}

}  // namespace paperwire::foundation_test
