#include "libs/access/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

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

BioPtr Reading(const std::string& pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

X509Ptr FirstCertificate(const std::string& pem) {
  return X509Ptr(PEM_read_bio_X509(Reading(pem).get(), nullptr, nullptr, nullptr));
}

// Nobody is there to be asked for a passphrase.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return 0; }

absl::Status Check(const TlsMaterial& material, const TlsFiles::Paths& paths) {
  const X509Ptr certificate = FirstCertificate(material.certificate);
  if (certificate == nullptr) {
    return absl::InvalidArgumentError(paths.certificate + ": holds no certificate in PEM");
  }
  const KeyPtr key(
      PEM_read_bio_PrivateKey(Reading(material.key).get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) {
    return absl::InvalidArgumentError(paths.key +
                                      ": holds no private key in PEM (without a "
                                      "passphrase)");
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return absl::InvalidArgumentError(paths.key + ": is not the key of " + paths.certificate);
  }
  if (!paths.client_ca.empty() && FirstCertificate(material.client_ca) == nullptr) {
    return absl::InvalidArgumentError(paths.client_ca + ": holds no certificate in PEM");
  }
  return absl::OkStatus();
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
