#include "tests/support/arxiv/pages.h"

namespace paperwire::arxiv {

std::string Escape(std::string_view text, bool quotes) {
  std::string escaped;
  escaped.reserve(text.size() + 16);
  for (const char letter : text) {
    if (letter == '&') {
      escaped += "&amp;";
    } else if (letter == '<') {
      escaped += "&lt;";
    } else if (letter == '>') {
      escaped += "&gt;";
    } else if (quotes && letter == '"') {
      escaped += "&#34;";
    } else if (quotes && letter == '\'') {
      escaped += "&#39;";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

absl::TimeZone NewYorkZone() {
  absl::TimeZone zone;
  absl::LoadTimeZone("America/New_York", &zone);
  return zone;
}

std::string Rfc822(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S %z", time, zone);
}

int64_t SecondsToMidnight(absl::Time now, absl::TimeZone zone) {
  return absl::ToInt64Seconds(absl::FromCivil(absl::ToCivilDay(now, zone) + 1, zone) - now);
}

}  // namespace paperwire::arxiv
