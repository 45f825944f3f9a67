#include "libs/http/response_head.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <cctype>
#include <ctime>

namespace paperwire::http {
namespace {

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool IsSafe(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

void AppendHeader(std::string& head, std::string_view name, std::string_view value) {
  if (!IsSafe(name) || !IsSafe(value)) return;
  head.append(name).append(": ").append(value).append("\r\n");
}

// "Sat, 21 Nov 2026 23:12:00 GMT", whatever the locale.
std::string HttpDate(clock::WallTime now) {
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> digits{};
  std::string date(kDays[static_cast<size_t>(parts.tm_wday)]);
  std::strftime(digits.data(), digits.size(), ", %d ", &parts);
  date.append(digits.data()).append(kMonths[static_cast<size_t>(parts.tm_mon)]);
  std::strftime(digits.data(), digits.size(), " %Y %H:%M:%S GMT", &parts);
  return date.append(digits.data());
}

}  // namespace

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string_view ReasonPhrase(int status) {
  const auto phrase =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {phrase.data(), phrase.size()};
}

std::string ResponseHead(const Response& response,
                         const std::vector<std::pair<std::string, std::string>>& extra,
                         clock::WallTime now, bool keep_alive, bool http10) {
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(ReasonPhrase(response.status)).append("\r\n");
  AppendHeader(head, "Date", HttpDate(now));
  if (HasBody(response.status)) {
    AppendHeader(head, "Content-Type", response.content_type);
    AppendHeader(head, "Content-Length",
                 std::to_string(response.body == nullptr ? 0 : response.body->size()));
  }
  if (!keep_alive) {
    AppendHeader(head, "Connection", "close");
  } else if (http10) {
    AppendHeader(head, "Connection", "keep-alive");
  }
  for (const auto& [name, value] : response.headers) AppendHeader(head, name, value);
  for (const auto& header : extra) {
    const bool given = std::any_of(
        response.headers.begin(), response.headers.end(),
        [&header](const auto& other) { return EqualsIgnoringCase(other.first, header.first); });
    if (!given) AppendHeader(head, header.first, header.second);
  }
  return head.append("\r\n");
}

}  // namespace paperwire::http
