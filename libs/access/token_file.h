#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "libs/access/token.h"

namespace paperwire::access {

// The whole of a small file. InvalidArgument: it cannot be read, or is larger than `limit` bytes.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t limit = 1u << 20);

// The tokens that are valid, from a file. Thread-safe.
class TokenFile {
 public:
  // InvalidArgument: the file cannot be read, holds no token, or has a bad line; the message says
  // which.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(std::string path);

  // Takes over what the file holds now; when its last token was taken back, that nobody is let in.
  // True: something changed. InvalidArgument: the file cannot be read or has a bad line; what was
  // read before stays valid; the same trouble is reported once.
  absl::StatusOr<bool> Reload();

  // Whom `token` stands for, expired or not; null: nobody. Takes as long whether there is one or
  // not.
  std::shared_ptr<const Grant> Find(std::string_view token) const;
  // What has become of `grant`, which was found once: as it stands in the file now; null: it was
  // taken back.
  std::shared_ptr<const Grant> FindAgain(const Grant& grant) const;

 private:
  using Grants = std::vector<std::shared_ptr<const Grant>>;

  std::shared_ptr<const Grant> FindByHash(const TokenHash& hash) const;

  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  const std::string path_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Grants> grants_ ABSL_GUARDED_BY(mutex_) = std::make_shared<Grants>();
  // What was read last, good or bad.
  std::string text_ ABSL_GUARDED_BY(mutex_);
  std::string trouble_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::access
