#include "libs/access/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/access/token_file.h"

namespace paperwire::access {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;

BioPtr Reading(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// OpenSSL's word for what went wrong last.
std::string Why() {
  const char* const words = ERR_reason_error_string(ERR_peek_last_error());
  return words == nullptr ? "no reason given" : words;
}

// All that a file holds, one at least.
absl::StatusOr<std::vector<X509Ptr>> Certificates(const std::string& path, const std::string& pem) {
  std::vector<X509Ptr> found;
  const BioPtr reading = Reading(pem);
  ERR_clear_error();
  while (X509* const one = PEM_read_bio_X509(reading.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(one);
  }
  if (found.empty()) return absl::InvalidArgumentError(path + ": holds no certificate in PEM");
  if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) return found;
  return absl::InvalidArgumentError(path + ": its certificate " + std::to_string(found.size() + 1) +
                                    " cannot be read: " + Why());
}

// Each must be one that gRPC can take: it tells nobody when it goes on with the old ones.
absl::Status CheckUsable(const TlsFiles::Paths& paths, X509* certificate, EVP_PKEY* key) {
  const ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return absl::InternalError("OpenSSL: " + Why());
  if (SSL_CTX_use_certificate(context.get(), certificate) != 1) {
    return absl::InvalidArgumentError(paths.certificate + ": cannot be used: " + Why());
  }
  if (SSL_CTX_use_PrivateKey(context.get(), key) != 1) {
    return absl::InvalidArgumentError(paths.key + ": cannot be used: " + Why());
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    return absl::InvalidArgumentError(paths.certificate + ": has expired");
  }
  return absl::OkStatus();
}

// Nobody is there to be asked for a passphrase.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return 0; }

absl::Status Check(const TlsMaterial& material, const TlsFiles::Paths& paths) {
  const auto chain = Certificates(paths.certificate, material.certificate);
  if (!chain.ok()) return chain.status();
  X509* const certificate = chain->front().get();
  const KeyPtr key(
      PEM_read_bio_PrivateKey(Reading(material.key).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError(paths.key +
                                      ": holds no private key in PEM (without a "
                                      "passphrase)");
  }
  if (X509_check_private_key(certificate, key.get()) != 1) {
    return absl::InvalidArgumentError(paths.key + ": is not the key of " + paths.certificate);
  }
  if (!paths.client_ca.empty()) {
    const auto authorities = Certificates(paths.client_ca, material.client_ca);
    if (!authorities.ok()) return authorities.status();
  }
  return CheckUsable(paths, certificate, key.get());
}

absl::StatusOr<TlsMaterial> Read(const TlsFiles::Paths& paths) {
  TlsMaterial material;
  const std::pair<const std::string*, std::string*> files[] = {
      {&paths.certificate, &material.certificate},
      {&paths.key, &material.key},
      {&paths.client_ca, &material.client_ca}};
  for (const auto& [path, text] : files) {
    if (path->empty()) continue;
    absl::StatusOr<std::string> read = ReadSmallFile(*path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  const absl::Status checked = Check(material, paths);
  // OpenSSL's own account of it would be taken for that of somebody's handshake.
  ERR_clear_error();
  if (!checked.ok()) return checked;
  return material;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsFiles>> TlsFiles::Open(Paths paths) {
  std::unique_ptr<TlsFiles> files(new TlsFiles(std::move(paths)));
  const absl::StatusOr<bool> loaded = files->Reload();
  if (!loaded.ok()) return loaded.status();
  return files;
}

absl::StatusOr<bool> TlsFiles::Reload() {
  absl::StatusOr<TlsMaterial> read = Read(paths_);
  const std::lock_guard lock(mutex_);
  if (!read.ok()) {
    if (trouble_ == read.status().message()) return false;
    trouble_ = std::string(read.status().message());
    return read.status();
  }
  trouble_.clear();
  if (material_ != nullptr && material_->certificate == read->certificate &&
      material_->key == read->key && material_->client_ca == read->client_ca) {
    return false;
  }
  read->version = material_ == nullptr ? 1 : material_->version + 1;
  material_ = std::make_shared<const TlsMaterial>(*std::move(read));
  return true;
}

std::shared_ptr<const TlsMaterial> TlsFiles::Get() const {
  const std::lock_guard lock(mutex_);
  return material_;
}

}  // namespace paperwire::access
