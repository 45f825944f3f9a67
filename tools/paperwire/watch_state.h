#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace paperwire::cli {

// Where a reader of the stream of cards stands.
struct WatchState {
  std::string resume_token = {};
  // The date that the stream was begun with; the token is bound to it.
  std::string announced_from = {};
  // What was asked for (WatchPapersRequest as JSON); a token answers nothing else.
  std::string watching = {};
  // The last card that was told of, for people.
  std::string arxiv_id = {};
  uint64_t revision = 0;
};

// Keeps a WatchState between two runs, as one JSON object in a file. For one process at a time.
class StateFile {
 public:
  explicit StateFile(std::string path);

  // nullopt: there is no such file. DataLoss: it holds something else; it is left as it is.
  // NotFound: it cannot be read.
  absl::StatusOr<std::optional<WatchState>> Read() const;

  // Replaces the file whole: who reads it finds the state before or the one after. `durably`: after
  // a power failure too. FailedPrecondition: it cannot be written; the file is as it was.
  absl::Status Write(const WatchState& state, bool durably) const;

 private:
  const std::string path_;
};

}  // namespace paperwire::cli
