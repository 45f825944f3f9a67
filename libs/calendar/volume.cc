#include "libs/calendar/volume.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/calendar/table.h"
#include "libs/calendar/tables.h"

namespace paperwire::calendar {
namespace {

constexpr double kFarBelow = 0.4;

// Of a weekday's median; zero at weekends.
int Median(const std::array<int, 5>& medians, absl::CivilDay date) {
  const auto index = static_cast<size_t>(absl::GetWeekday(date));
  return index < medians.size() ? medians.at(index) : 0;
}

VolumeBand BandAround(double median) {
  // The days scatter by a share of the median, and by chance where it is small.
  const double chance = 2 * std::sqrt(median);
  return {.low = std::max(0, static_cast<int>(0.85 * median - chance)),
          .high = static_cast<int>(std::ceil(1.25 * median + chance))};
}

int DeclaredNew(const v1::Batch& batch, std::string_view category) {
  uint32_t most = 0;
  for (const v1::DeclaredCount& count : batch.declared()) {
    if (count.category() != category || count.section() != v1::ANNOUNCE_TYPE_NEW) continue;
    most = std::max(most, count.count());
  }
  return static_cast<int>(most);
}

}  // namespace

absl::StatusOr<Volumes> ParseVolumes(std::string_view table) {
  Volumes volumes;
  for (const Row& row : ReadRows(table)) {
    const auto bad = [&row](std::string_view why) {
      return absl::InvalidArgumentError(fmt::format("line {}: {}", row.line, why));
    };
    if (row.fields.size() != 6 || row.fields[0].empty()) return bad("not a category and 5 numbers");
    std::array<int, 5> medians{};
    for (size_t i = 0; i < medians.size(); ++i) {
      const std::string_view field = row.fields[i + 1];
      const auto [end, error] =
          std::from_chars(field.data(), field.data() + field.size(), medians.at(i));
      if (error != std::errc() || end != field.data() + field.size() || medians.at(i) < 1) {
        return bad("a median must be a number from 1");
      }
    }
    if (!volumes.emplace(row.fields[0], medians).second) return bad("category given twice");
  }
  return volumes;
}

const Volumes& UsualVolumes() {
  static const Volumes kVolumes = ParseVolumes(kVolumesTable).value();
  return kVolumes;
}

std::optional<VolumeBand> ExpectedVolume(std::span<const std::string> categories,
                                         absl::CivilDay date) {
  if (!IsAnnouncementDate(date)) return std::nullopt;
  int median = 0;
  for (const std::string& category : categories) {
    const auto found = UsualVolumes().find(category);
    if (found == UsualVolumes().end()) continue;
    median += Median(found->second, date);
    for (absl::CivilDay held = date - 1; !IsAnnouncementDate(held); --held) {
      median += Median(found->second, held);
    }
  }
  if (median == 0) return std::nullopt;
  return BandAround(median);
}

bool FarBelow(int papers, VolumeBand usual) { return papers < kFarBelow * usual.low; }

std::optional<Shortfall> FindShortfall(const v1::Batch& batch,
                                       std::span<const std::string> categories) {
  const auto date = ParseDate(batch.announced());
  if (!date) return std::nullopt;
  Shortfall all;
  std::optional<Shortfall> worst;
  for (const std::string& category : categories) {
    const auto usual = ExpectedVolume({&category, 1}, *date);
    if (!usual) continue;
    const int papers = DeclaredNew(batch, category);
    all.papers += papers;
    if (!worst && FarBelow(papers, *usual)) {
      worst = {.category = category, .papers = papers, .usual = *usual};
    }
  }
  const auto usual = ExpectedVolume(categories, *date);
  if (!usual) return std::nullopt;
  all.usual = *usual;
  return FarBelow(all.papers, all.usual) ? all : worst;
}

}  // namespace paperwire::calendar
