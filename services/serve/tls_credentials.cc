#include "services/serve/tls_credentials.h"

#include <atomic>
#include <cstdint>
#include <string>

#include "grpc/grpc.h"
#include "grpc/grpc_security.h"

namespace paperwire::serve {
namespace {

// gRPC's C++ classes either never look at the files again, or take what they hold unchecked. The
// C interface beneath asks at every handshake, and goes on with the old where there is no new.
class FetchedCredentials final : public grpc::ServerCredentials {
 public:
  explicit FetchedCredentials(const access::TlsFiles& files) : files_(files) {
    grpc_ssl_server_credentials_options* const options =
        grpc_ssl_server_credentials_create_options_using_config_fetcher(
            files.asks_clients() ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                 : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
            &FetchedCredentials::Fetch, this);
    credentials_ = grpc_ssl_server_credentials_create_with_options(options);
  }
  ~FetchedCredentials() override { grpc_server_credentials_release(credentials_); }

  // Works by secure credentials only, and answers nothing of its own: the gate looks at tokens.
  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    auto& credentials = *static_cast<FetchedCredentials*>(self);
    const auto material = credentials.files_.Get();
    if (credentials.version_ == material->version) {
      return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    }
    const grpc_ssl_pem_key_cert_pair pair{.private_key = material->key.c_str(),
                                          .cert_chain = material->certificate.c_str()};
    // gRPC insists on roots, though without client certificates it asks them nothing.
    const std::string& roots =
        material->client_ca.empty() ? material->certificate : material->client_ca;
    *config = grpc_ssl_server_certificate_config_create(roots.c_str(), &pair, 1);
    if (*config == nullptr) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_FAIL;
    credentials.version_ = material->version;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  const access::TlsFiles& files_;
  // What gRPC was given last.
  std::atomic<uint64_t> version_{0};
  grpc_server_credentials* credentials_ = nullptr;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> TlsCredentials(const access::TlsFiles& files) {
  return std::make_shared<FetchedCredentials>(files);
}

}  // namespace paperwire::serve
