#pragma once

#include <functional>
#include <istream>
#include <ostream>

#include "libs/clock/clock.h"

namespace paperwire::cli {

// Where a command reads and writes, so that tests can look over its shoulder.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const clock::Clock& clock;
  // Output is a terminal of that many columns: tables for people; otherwise lines for programs.
  bool terminal = false;
  int columns = 100;
  // Whether the output may hold colours.
  bool color = false;
  // Whether nobody reads the output any more; null: not known.
  std::function<bool()> abandoned = nullptr;
};

// Exit codes, as sysexits.h has them; README.md lists them.
inline constexpr int kExitOk = 0;
inline constexpr int kExitNegative = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitBadData = 65;
inline constexpr int kExitNoInput = 66;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitInternal = 70;
inline constexpr int kExitCannotWrite = 73;
inline constexpr int kExitNoPermission = 77;

}  // namespace paperwire::cli
