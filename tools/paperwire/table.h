#pragma once

#include <limits>
#include <string>
#include <vector>

#include "tools/paperwire/console.h"
#include "tools/paperwire/style.h"

namespace paperwire::cli {

// Rows for people and programs: on a terminal columns under headings, as wide as it is; otherwise
// the cells with tabs between, whole, and no headings. Nothing at all without rows. Not
// thread-safe.
class Table {
 public:
  struct Column {
    std::string heading = {};
    // Numbers stand to the right.
    bool right = false;
    // Characters: it is cut so far where the terminal is too narrow, and never wider than `most`.
    int least = std::numeric_limits<int>::max();
    int most = std::numeric_limits<int>::max();
    // Where even that is too wide, columns of the highest rank are left out first; 0: never.
    int rank = 0;
    Style style = Style::kPlain;
  };
  struct Cell {
    Cell(std::string text_of_it)
        : text(std::move(text_of_it)) {}                // NOLINT(google-explicit-constructor)
    Cell(const char* text_of_it) : text(text_of_it) {}  // NOLINT(google-explicit-constructor)
    Cell(std::string text_of_it, Style style_of_it)
        : text(std::move(text_of_it)), style(style_of_it) {}

    std::string text;
    // kPlain: the column's.
    Style style = Style::kPlain;
  };

  explicit Table(std::vector<Column> columns);

  // One cell a column.
  void Add(std::vector<Cell> row);
  // Lines below the row added last, on terminals only; each ends in a line break.
  void AddNote(std::string lines);

  bool empty() const { return rows_.empty(); }
  std::string Text(const Console& console) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    std::string notes;
  };

  // The width of each column in a terminal of so many columns; 0: left out.
  std::vector<int> Widths(int columns) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace paperwire::cli
