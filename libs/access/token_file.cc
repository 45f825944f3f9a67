#include "libs/access/token_file.h"

#include <openssl/crypto.h>

#include <fstream>
#include <utility>

namespace paperwire::access {

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t limit) {
  std::ifstream file(path, std::ios::binary);
  std::string text(limit + 1, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof()) {
    return absl::InvalidArgumentError(path + ": cannot be read");
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > limit) return absl::InvalidArgumentError(path + ": is far too large");
  return text;
}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(std::string path) {
  std::unique_ptr<TokenFile> file(new TokenFile(std::move(path)));
  const absl::StatusOr<bool> loaded = file->Reload();
  if (!loaded.ok()) return loaded.status();
  const std::lock_guard lock(file->mutex_);
  if (file->grants_->empty()) {
    return absl::InvalidArgumentError(file->path_ +
                                      ": holds no token; `paperwire token new` makes one");
  }
  return file;
}

absl::StatusOr<bool> TokenFile::Reload() {
  absl::StatusOr<std::string> text = ReadSmallFile(path_);
  const std::lock_guard lock(mutex_);
  absl::Status trouble = text.status();
  if (text.ok()) {
    if (*text == text_ && trouble_.empty()) return false;
    absl::StatusOr<std::vector<Grant>> parsed = ParseGrants(*text);
    if (!parsed.ok()) {
      trouble = absl::InvalidArgumentError(path_ + ": " + std::string(parsed.status().message()));
    } else {
      auto grants = std::make_shared<Grants>();
      for (Grant& grant : *parsed) {
        grants->push_back(std::make_shared<const Grant>(std::move(grant)));
      }
      const bool changed = *text != text_ || !trouble_.empty();
      grants_ = std::move(grants);
      text_ = *std::move(text);
      trouble_.clear();
      return changed;
    }
  }
  if (trouble_ == trouble.message()) return false;
  trouble_ = std::string(trouble.message());
  return trouble;
}

std::shared_ptr<const Grant> TokenFile::Find(std::string_view token) const {
  return FindByHash(HashOf(token));
}

std::shared_ptr<const Grant> TokenFile::FindAgain(const Grant& grant) const {
  return FindByHash(grant.hash);
}

std::shared_ptr<const Grant> TokenFile::FindByHash(const TokenHash& hash) const {
  std::shared_ptr<const Grants> grants;
  {
    const std::lock_guard lock(mutex_);
    grants = grants_;
  }
  std::shared_ptr<const Grant> found;
  for (const auto& grant : *grants) {
    if (CRYPTO_memcmp(grant->hash.data(), hash.data(), hash.size()) == 0) found = grant;
  }
  return found;
}

}  // namespace paperwire::access
