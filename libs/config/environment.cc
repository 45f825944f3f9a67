#include "libs/config/environment.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace paperwire::config {
namespace {

constexpr size_t kMaxSecretBytes = 64u << 10;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

absl::StatusOr<std::string> ReadSecret(const File& file) {
  std::string text;
  std::array<char, 4096> block{};
  while (text.size() <= kMaxSecretBytes) {
    const size_t count = std::fread(block.data(), 1, block.size(), file.get());
    if (count == 0) break;
    text.append(block.data(), count);
  }
  if (std::ferror(file.get()) != 0) return absl::NotFoundError("cannot be read");
  if (text.size() > kMaxSecretBytes) return absl::InvalidArgumentError("is over 64 KiB");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return absl::InvalidArgumentError("is empty");
  return text;
}

}  // namespace

std::map<std::string, std::string, std::less<>> ReadEnvironment(std::string_view prefix) {
  std::map<std::string, std::string, std::less<>> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || !text.starts_with(prefix)) continue;
    found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return absl::NotFoundError(std::strerror(errno));
  return ReadSecret(file);
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return absl::NotFoundError(std::strerror(errno));
  struct stat facts {};
  if (fstat(fileno(file.get()), &facts) != 0) return absl::NotFoundError(std::strerror(errno));
  // A mounted secret is root's, and the process reads it through its group.
  const mode_t others = facts.st_uid == geteuid() ? S_IRWXG | S_IRWXO : S_IRWXO;
  if ((facts.st_mode & others) != 0) {
    return absl::PermissionDeniedError("others can read; chmod 600 it");
  }
  return ReadSecret(file);
}

}  // namespace paperwire::config
