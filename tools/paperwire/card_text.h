#pragma once

#include <string>
#include <string_view>

#include "paperwire/v1/paper.pb.h"
#include "tools/paperwire/console.h"

namespace paperwire::cli {

// Breaks `text` at spaces so that no line is longer than `columns` characters (a longer word stands
// alone), each line beginning with `indent`. Ends in a line break. Pure.
std::string Wrap(std::string_view text, int columns, std::string_view indent = "");

// `text` filled with spaces, or cut with "…", to exactly `columns` characters. Pure.
std::string Fit(std::string_view text, int columns);

// "NLP, Theory".
std::string TagNames(const v1::Entry& entry);

// One line of a table of cards: date, id, tags, title. Pure.
std::string CardRow(const v1::Entry& entry, int columns);

// A card in one line: as CardRow on a terminal, else date, id, tags and title with tabs between.
std::string CardLine(const v1::Entry& entry, const Console& console);

// A card's text and where it comes from, for reading. Pure.
std::string SummaryText(const v1::Summary& summary, int columns);

// The whole card, for reading. Pure.
std::string CardText(const v1::Entry& entry, int columns);

}  // namespace paperwire::cli
