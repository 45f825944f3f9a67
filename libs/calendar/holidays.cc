#include "libs/calendar/holidays.h"

#include <array>

namespace paperwire::calendar {

std::span<const absl::CivilDay> Holidays() {
  using Day = absl::CivilDay;
  static const std::array<Day, 28> kHolidays = {
      Day(2024, 1, 15),   // Martin Luther King Jr. Day
      Day(2024, 5, 22),   // retreat
      Day(2024, 6, 19),   // Juneteenth
      Day(2024, 7, 4),    // Independence Day
      Day(2024, 9, 2),    // Labor Day
      Day(2024, 10, 8),   // retreat
      Day(2024, 11, 28),  // Thanksgiving
      Day(2024, 12, 25),  // winter break
      Day(2024, 12, 26),  // winter break
      Day(2024, 12, 31),  // winter break
      Day(2025, 1, 1),    // New Year
      Day(2025, 1, 20),   // Martin Luther King Jr. Day
      Day(2025, 6, 19),   // Juneteenth
      Day(2025, 7, 4),    // Independence Day
      Day(2025, 7, 6),    // Independence Day, observed
      Day(2025, 9, 1),    // Labor Day
      Day(2025, 11, 27),  // Thanksgiving
      Day(2025, 12, 25),  // Christmas
      Day(2025, 12, 30),  // winter break
      Day(2026, 1, 1),    // New Year
      Day(2026, 1, 19),   // Martin Luther King Jr. Day
      Day(2026, 6, 19),   // Juneteenth
      Day(2026, 7, 3),    // Independence Day
      Day(2026, 9, 7),    // Labor Day
      Day(2026, 11, 26),  // Thanksgiving
      Day(2026, 12, 25),  // winter break
      Day(2026, 12, 29),  // winter break
      Day(2026, 12, 31),  // winter break
  };
  return kHolidays;
}

}  // namespace paperwire::calendar
