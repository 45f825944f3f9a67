#include "libs/tags/spelling.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"

namespace paperwire::tags {

std::string Fold(std::string_view words) {
  std::string folded;
  bool between = false;
  for (const char c : words) {
    if (c == ' ' || c == '-' || c == '_' || c == '\t') {
      between = !folded.empty();
      continue;
    }
    if (between) folded += '-';
    between = false;
    folded += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return folded;
}

size_t EditDistance(std::string_view a, std::string_view b, size_t most) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > most) return most + 1;
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> now(b.size() + 1);
  for (size_t k = 0; k <= b.size(); ++k) last[k] = k;
  for (size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (size_t k = 1; k <= b.size(); ++k) {
      const size_t changed = last[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
      now[k] = std::min({changed, last[k] + 1, now[k - 1] + 1});
      const bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
      if (swapped) now[k] = std::min(now[k], before[k - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return std::min(last[b.size()], most + 1);
}

}  // namespace paperwire::tags
