#pragma once

#include <functional>
#include <istream>
#include <ostream>

#include "libs/clock/clock.h"
#include "libs/config/settings.h"

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

// Exit codes, as sysexits.h has them.
inline constexpr int kExitOk = 0;
inline constexpr int kExitNegative = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitBadData = 65;
inline constexpr int kExitNoInput = 66;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitInternal = 70;
inline constexpr int kExitCannotWrite = 73;
inline constexpr int kExitNoPermission = 77;

// What they mean, for README.md and the manual.
struct ExitCode {
  int code;
  const char* meaning;
};
inline constexpr ExitCode kExitCodes[] = {
    {kExitOk, "done"},
    {kExitNegative,
     "the answer is no: nothing found, not settled or not balanced, a text not grounded, topics "
     "differ, no such card or record, an id that is not in the window or was left alone, dead "
     "letters left, a model that makes no card"},
    {kExitUsage, "wrong usage, or the server refused an argument"},
    {kExitBadData,
     "a file holds something else than papers (ground: than texts and sources; watch: than a "
     "token)"},
    {kExitNoInput, "a file cannot be read"},
    {kExitUnavailable,
     "no answer from the server, the broker or a model, or they say that they cannot now, or not "
     "at all"},
    {kExitInternal, "anything else"},
    {kExitCannotWrite, "watch: the token cannot be kept"},
    {kExitNoPermission, "the server, or a model's endpoint, does not let this caller in"},
    {config::kExitConfig, "a setting was refused, or leads to no model"},
};

}  // namespace paperwire::cli
