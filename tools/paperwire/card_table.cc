#include "tools/paperwire/card_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "libs/paper/text.h"
#include "tools/paperwire/card_text.h"

namespace paperwire::cli {
namespace {

constexpr int kMaxTextColumns = 100;

std::vector<Table::Column> CardColumns() {
  return {{.heading = "announced", .rank = 1, .style = Style::kFaint},
          {.heading = "id", .style = Style::kHeading},
          {.heading = "tags", .least = 12, .most = 34, .rank = 2, .style = Style::kName},
          {.heading = "title", .least = 20}};
}

std::vector<Table::Cell> CardCells(const v1::Entry& entry) {
  const bool withdrawn = entry.paper().withdrawn();
  return {entry.paper().announced(),
          entry.paper().arxiv_id(),
          TagNames(entry),
          {(withdrawn ? "WITHDRAWN: " : "") + entry.paper().title(),
           withdrawn ? Style::kBad : Style::kPlain}};
}

// Byte for byte as long, so that ranges still fit, and without control characters.
std::string Harmless(const std::string& text) {
  std::string clean = paper::CountBadBytes(text) == 0 ? text : std::string(text.size(), '?');
  for (size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<unsigned char>(clean[i]);
    const bool high_control =
        byte == 0xC2 && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F || high_control) clean[i] = ' ';
    if (high_control) clean[i + 1] = ' ';
  }
  return clean;
}

struct Range {
  size_t begin;
  size_t end;
};

// Lines of at most `room` characters, broken at spaces; a longer word stands alone.
std::vector<Range> BreakLines(const std::string& text, size_t room) {
  std::vector<Range> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const auto width = [&text](size_t from, size_t to) {
      return paper::CountCharacters(std::string_view(text).substr(from, to - from));
    };
    if (end > begin) {
      if (!lines.empty() && width(lines.back().begin, end) <= room) {
        lines.back().end = end;
      } else {
        lines.push_back({begin, end});
      }
    }
    begin = end + 1;
  }
  return lines;
}

}  // namespace

Table MakeCardTable() { return Table(CardColumns()); }

void AddCard(Table& table, const v1::Entry& entry) { table.Add(CardCells(entry)); }

Table MakeHitTable() {
  std::vector<Table::Column> columns = CardColumns();
  columns.insert(columns.begin(),
                 {.heading = "score", .right = true, .rank = 3, .style = Style::kFaint});
  return Table(std::move(columns));
}

void AddHit(Table& table, const v1::SearchResult& result, const Console& console) {
  std::vector<Table::Cell> cells = CardCells(result.entry());
  cells.insert(cells.begin(), fmt::format("{:.2f}", result.score()));
  table.Add(std::move(cells));
  if (!console.terminal) return;
  for (const v1::Snippet& snippet : result.snippets()) {
    // The row shows the title already.
    if (snippet.field() == "title") continue;
    table.AddNote(SnippetText(snippet, "    ", console));
  }
}

std::string SnippetText(const v1::Snippet& snippet, std::string_view indent,
                        const Console& console) {
  const std::string text = Harmless(snippet.text());
  std::vector<Range> matches;
  for (const v1::MatchRange& match : snippet.matches()) {
    if (match.begin() < match.end() && match.end() <= text.size() &&
        (matches.empty() || matches.back().end <= match.begin())) {
      matches.push_back({match.begin(), match.end()});
    }
  }
  const int columns = std::min(console.columns, kMaxTextColumns) - static_cast<int>(indent.size());
  std::string lines;
  for (const Range& line : BreakLines(text, static_cast<size_t>(std::max(columns, 20)))) {
    lines += indent;
    size_t at = line.begin;
    for (const Range& match : matches) {
      const size_t begin = std::clamp(match.begin, at, line.end);
      const size_t end = std::clamp(match.end, begin, line.end);
      if (begin == end) continue;
      lines += Painted(text.substr(at, begin - at), Style::kFaint, console);
      lines += Painted(text.substr(begin, end - begin), Style::kMatch, console);
      at = end;
    }
    lines += Painted(text.substr(at, line.end - at), Style::kFaint, console) + "\n";
  }
  return lines;
}

}  // namespace paperwire::cli
