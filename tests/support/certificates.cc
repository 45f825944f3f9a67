#include "tests/support/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>

namespace paperwire::support {
namespace {

constexpr long kDay = 86400;

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string PemOf(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  return TextOf(bio);
}

std::string PemOf(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio);
}

void AddExtension(X509* certificate, int id, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
  if (extension == nullptr) std::abort();
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* Make(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, long begin,
           long end) {
  static long serial = 0;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), begin);
  X509_gmtime_adj(X509_getm_notAfter(certificate), end);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate,
                       X509_get_subject_name(issuer == nullptr ? certificate : issuer));
  if (issuer == nullptr) {
    AddExtension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    AddExtension(certificate, NID_subject_alt_name, "IP:127.0.0.1,IP:::1,DNS:localhost");
  }
  X509_sign(certificate, issuer_key, EVP_sha256());
  return certificate;
}

}  // namespace

struct Authority::Keys {
  ~Keys() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = Make("Test authority", key, nullptr, key, -2 * kDay, kDay);
};

Authority::Authority() : keys_(std::make_unique<Keys>()), certificate_(PemOf(keys_->certificate)) {}

Authority::~Authority() = default;

Certificate Authority::Sign(const std::string& name, bool expired) const {
  return SignKey(name, EVP_EC_gen("P-256"), expired);
}

Certificate Authority::SignWeak(const std::string& name) const {
  return SignKey(name, EVP_RSA_gen(1024), /*expired=*/false);
}

Certificate Authority::SignKey(const std::string& name, void* made_key, bool expired) const {
  auto* const key = static_cast<EVP_PKEY*>(made_key);
  X509* certificate = Make(name, key, keys_->certificate, keys_->key, expired ? -2 * kDay : -kDay,
                           expired ? -kDay : kDay);
  Certificate made{.certificate = PemOf(certificate), .key = PemOf(key)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

}  // namespace paperwire::support
