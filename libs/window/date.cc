#include "libs/window/date.h"

#include <string_view>

#include "libs/calendar/calendar.h"

namespace paperwire::window {

std::string DateOrNothing(const std::string& text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() != kForm.size()) return "";
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return "";
  }
  return text;
}

std::string OldestAt(absl::Time now) {
  return calendar::FormatDate(calendar::OldestInWindow(calendar::DateInNewYork(now)));
}

std::string DateAsNumber(const std::string& date) {
  std::string digits = DateOrNothing(date);
  std::erase(digits, '-');
  return digits.empty() ? "0" : digits;
}

}  // namespace paperwire::window
