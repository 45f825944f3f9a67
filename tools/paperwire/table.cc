#include "tools/paperwire/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "libs/paper/text.h"
#include "tools/paperwire/card_text.h"

namespace paperwire::cli {
namespace {

constexpr int kGap = 2;

int WidthOf(const std::string& text) { return static_cast<int>(paper::CountCharacters(text)); }

int Total(const std::vector<int>& widths) {
  const auto shown =
      std::count_if(widths.begin(), widths.end(), [](int width) { return width > 0; });
  return std::accumulate(widths.begin(), widths.end(), 0) +
         kGap * std::max(static_cast<int>(shown) - 1, 0);
}

void TrimEnd(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::Add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = paper::CleanLine(cell.text);
  rows_.push_back({std::move(row), ""});
}

void Table::AddNote(std::string lines) { rows_.back().notes += lines; }

std::vector<int> Table::Widths(int columns) const {
  std::vector<int> natural;
  for (size_t i = 0; i < columns_.size(); ++i) {
    int width = WidthOf(columns_[i].heading);
    for (const Row& row : rows_) width = std::max(width, WidthOf(row.cells[i].text));
    natural.push_back(std::max(std::min(width, columns_[i].most), 1));
  }
  while (true) {
    std::vector<int> widths = natural;
    // The widest gives first, so that no column suffers more than it must.
    while (Total(widths) > columns) {
      int* widest = nullptr;
      for (size_t i = 0; i < widths.size(); ++i) {
        const bool gives = widths[i] > columns_[i].least;
        if (gives && (widest == nullptr || widths[i] > *widest)) widest = &widths[i];
      }
      if (widest == nullptr) break;
      --*widest;
    }
    size_t least_wanted = columns_.size();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool may = columns_[i].rank > 0 && natural[i] > 0;
      if (may &&
          (least_wanted == columns_.size() || columns_[i].rank >= columns_[least_wanted].rank)) {
        least_wanted = i;
      }
    }
    if (Total(widths) <= columns || least_wanted == columns_.size()) return widths;
    natural[least_wanted] = 0;
  }
}

std::string Table::Text(const Console& console) const {
  std::string text;
  if (rows_.empty()) return text;
  if (!console.terminal) {
    for (const Row& row : rows_) {
      for (const Cell& cell : row.cells) {
        text += (&cell == &row.cells.front() ? "" : "\t") + cell.text;
      }
      text += '\n';
    }
    return text;
  }
  const std::vector<int> widths = Widths(console.columns);
  const auto add_line = [&](const std::vector<Cell>& cells, Style all) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (widths[i] == 0) continue;
      std::string cell = Fit(cells[i].text, widths[i]);
      if (columns_[i].right && WidthOf(cells[i].text) < widths[i]) {
        cell = std::string(static_cast<size_t>(widths[i] - WidthOf(cells[i].text)), ' ') +
               cells[i].text;
      }
      const Style own = cells[i].style == Style::kPlain ? columns_[i].style : cells[i].style;
      if (!line.empty()) line += std::string(kGap, ' ');
      if (i + 1 == cells.size()) TrimEnd(cell);
      line += Painted(cell, all == Style::kPlain ? own : all, console);
    }
    TrimEnd(line);
    text += line + '\n';
  };
  std::vector<Cell> headings;
  for (const Column& column : columns_) headings.emplace_back(column.heading);
  add_line(headings, Style::kHeading);
  for (const Row& row : rows_) {
    add_line(row.cells, Style::kPlain);
    text += row.notes;
  }
  return text;
}

}  // namespace paperwire::cli
