#pragma once

#include <string>

#include "absl/status/status.h"
#include "services/ingest/source.h"

namespace paperwire::ingest {

// Recorded answers: every regular file of a directory, in the order of their names. A file that is
// neither a feed nor named like one is skipped and said so.
class DirectorySource final : public Source {
 public:
  explicit DirectorySource(std::string directory) : directory_(std::move(directory)) {}

  // NotFound: no such directory, or nothing in it.
  absl::Status Check() const;
  absl::StatusOr<Harvest> Collect(const Known& known, std::stop_token stop) override;

 private:
  const std::string directory_;
};

// The invented sample day that comes with the program.
class SampleSource final : public Source {
 public:
  absl::StatusOr<Harvest> Collect(const Known& known, std::stop_token stop) override;
};

}  // namespace paperwire::ingest
