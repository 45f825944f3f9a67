#pragma once

#include <string_view>
#include <vector>

namespace paperwire::calendar {

// One line of a table of tab-separated fields.
struct Row {
  // From 1.
  int line = 0;
  std::vector<std::string_view> fields;
};

// The rows of `table`, which must outlive them. Empty lines and lines that begin with '#' are none.
// Pure.
std::vector<Row> ReadRows(std::string_view table);

}  // namespace paperwire::calendar
