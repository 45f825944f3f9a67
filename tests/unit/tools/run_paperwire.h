#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "tools/paperwire/command.h"

namespace paperwire::cli {

// One run of the program in this process, with what it printed.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

// Where it runs; the clock stands.
struct Place {
  bool terminal = false;
  int columns = 100;
  std::string input = {};
  // Instead of Ran::out; null: that.
  std::ostream* out = nullptr;
};

inline Ran RunPaperwire(const std::vector<std::string>& words, const Place& place = {}) {
  std::vector<const char*> arguments = {"paperwire"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  std::istringstream in(place.input);
  std::ostringstream out;
  std::ostringstream err;
  const clock::FakeClock clock{clock::WallTime{}};
  Console console{.in = in,
                  .out = place.out == nullptr ? out : *place.out,
                  .err = err,
                  .clock = clock,
                  .terminal = place.terminal,
                  .columns = place.columns};
  const int code = RunProgram(static_cast<int>(arguments.size()), arguments.data(), console);
  return {code, out.str(), err.str()};
}

}  // namespace paperwire::cli
