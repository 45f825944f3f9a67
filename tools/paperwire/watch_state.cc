#include "tools/paperwire/watch_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "nlohmann/json.hpp"

namespace paperwire::cli {
namespace {

using Json = nlohmann::json;

constexpr mode_t kMode = 0644;
constexpr size_t kMaxBytes = 1 << 20;

// Closes what it was given.
class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }
  bool Close() {
    const int descriptor = std::exchange(descriptor_, -1);
    return descriptor < 0 || close(descriptor) == 0;
  }

 private:
  int descriptor_;
};

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// False: an error, in errno. Stops behind kMaxBytes.
bool ReadAll(int descriptor, std::string& bytes) {
  char buffer[4096];
  while (bytes.size() <= kMaxBytes) {
    const ssize_t count = read(descriptor, buffer, sizeof(buffer));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    if (count == 0) break;
    bytes.append(buffer, static_cast<size_t>(count));
  }
  return true;
}

std::optional<WatchState> Parse(const std::string& bytes) {
  const Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [&json](const char* name) -> const std::string* {
    const auto field = json.find(name);
    return field != json.end() && field->is_string() ? &field->get_ref<const std::string&>()
                                                     : nullptr;
  };
  const std::string* token = text("resumeToken");
  const std::string* from = text("announcedFrom");
  const std::string* watching = text("watching");
  if (token == nullptr || token->empty() || from == nullptr || watching == nullptr) {
    return std::nullopt;
  }
  WatchState state{.resume_token = *token, .announced_from = *from, .watching = *watching};
  if (const std::string* id = text("arxivId"); id != nullptr) state.arxiv_id = *id;
  const auto revision = json.find("revision");
  if (revision != json.end() && revision->is_number_unsigned()) {
    state.revision = revision->get<uint64_t>();
  }
  return state;
}

}  // namespace

StateFile::StateFile(std::string path) : path_(std::move(path)) {}

absl::StatusOr<std::optional<WatchState>> StateFile::Read() const {
  const Descriptor file(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return std::optional<WatchState>();
  std::string bytes;
  if (file.get() < 0 || !ReadAll(file.get(), bytes)) {
    return absl::NotFoundError("cannot read " + path_ + ": " + std::strerror(errno));
  }
  auto state = Parse(bytes);
  if (!state.has_value()) {
    return absl::DataLossError(
        path_ + (bytes.empty() ? " is empty" : " is damaged, or holds something else") +
        ": it was left as it is; move it away to begin anew");
  }
  return state;
}

absl::Status StateFile::Write(const WatchState& state, bool durably) const {
  const Json json = {{"resumeToken", state.resume_token},
                     {"announcedFrom", state.announced_from},
                     {"watching", state.watching},
                     {"arxivId", state.arxiv_id},
                     {"revision", state.revision}};
  const std::string bytes = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::string fresh = path_ + ".new";
  Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  const bool whole = file.get() >= 0 && WriteAll(file.get(), bytes) &&
                     (!durably || fdatasync(file.get()) == 0) && file.Close() &&
                     std::rename(fresh.c_str(), path_.c_str()) == 0;
  if (!whole) {
    return absl::FailedPreconditionError("cannot write " + path_ + ": " + std::strerror(errno));
  }
  return absl::OkStatus();
}

}  // namespace paperwire::cli
