#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::calendar {

// How many papers arXiv usually announces as new with one of a set of categories as primary.
struct VolumeBand {
  int low = 0;
  int high = 0;
};

// Medians of new papers, Monday to Friday, by primary category.
using Volumes = std::map<std::string, std::array<int, 5>, std::less<>>;

// Reads a table of volumes: a category and five numbers on each line, separated by tabs; lines that
// begin with '#' are notes. InvalidArgument names the first bad line. Pure.
absl::StatusOr<Volumes> ParseVolumes(std::string_view table);

// volumes.tsv. Thread-safe.
const Volumes& UsualVolumes();

// What is usual on `date` for those of `categories` that volumes.tsv has figures for; none when it
// has none for any, or when no batch is due on `date`. After a holiday the batches that fell out
// come on top. About three quarters of all days lie inside. Pure.
std::optional<VolumeBand> ExpectedVolume(std::span<const std::string> categories,
                                         absl::CivilDay date);

// Whether so few papers are no accident: fewer than 0.4 of the band's low end.
bool FarBelow(int papers, VolumeBand usual);

struct Shortfall {
  // Empty: all categories together.
  std::string category;
  int papers = 0;
  VolumeBand usual;
};

// Where `batch` declares far fewer new papers than usual, over those of `categories` that have
// figures, together and one by one: a feed may be stale for a single category. Pure.
std::optional<Shortfall> FindShortfall(const v1::Batch& batch,
                                       std::span<const std::string> categories);

}  // namespace paperwire::calendar
