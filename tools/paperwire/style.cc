#include "tools/paperwire/style.h"

namespace paperwire::cli {
namespace {

// The 16 colours that every terminal's theme has chosen itself.
const char* Code(Style style) {
  switch (style) {
    case Style::kHeading:
      return "1";
    case Style::kName:
      return "36";
    case Style::kFaint:
      return "2";
    case Style::kMatch:
      return "1;33";
    case Style::kGood:
      return "32";
    case Style::kDoubtful:
      return "33";
    case Style::kBad:
      return "1;31";
    case Style::kPlain:
      break;
  }
  return nullptr;
}

}  // namespace

std::string Painted(std::string_view text, Style style, const Console& console) {
  const char* code = Code(style);
  if (!console.color || code == nullptr || text.empty()) return std::string(text);
  std::string painted = "\x1b[";
  return painted.append(code).append("m").append(text).append("\x1b[0m");
}

}  // namespace paperwire::cli
