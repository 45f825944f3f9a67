#include "services/serve/search/day.h"

#include "libs/calendar/calendar.h"

namespace paperwire::serve::search {

int32_t DayOf(std::string_view date) {
  const auto day = calendar::ParseDate(date);
  if (!day) return kFirstDay;
  return static_cast<int32_t>(*day - absl::CivilDay(1970, 1, 1));
}

}  // namespace paperwire::serve::search
