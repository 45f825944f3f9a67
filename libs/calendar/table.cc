#include "libs/calendar/table.h"

#include <algorithm>

namespace paperwire::calendar {

std::vector<Row> ReadRows(std::string_view table) {
  std::vector<Row> rows;
  int number = 0;
  while (!table.empty()) {
    std::string_view line = table.substr(0, table.find('\n'));
    table.remove_prefix(std::min(line.size() + 1, table.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    Row& row = rows.emplace_back(Row{.line = number, .fields = {}});
    for (size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
      row.fields.push_back(line.substr(0, tab));
      line.remove_prefix(tab + 1);
    }
    row.fields.push_back(line);
  }
  return rows;
}

}  // namespace paperwire::calendar
