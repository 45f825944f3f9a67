#pragma once

#include <string>
#include <string_view>

namespace paperwire::telemetry {

// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);

// Appends `text` for a line that people read: as it is when it is one plain word, else in quotes.
// Control characters are escaped, so that a text from outside cannot forge a line.
void AppendPlain(std::string& out, std::string_view text);

}  // namespace paperwire::telemetry
