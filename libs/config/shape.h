#pragma once

#include <string>
#include <vector>

namespace paperwire::config {

// What may be typed after a program's name, as its settings declare it: for manuals and completion
// scripts, so that nothing stands in a second list.

struct FlagShape {
  // Without the dashes; empty: it can only be set by its variable.
  std::string flag = {};
  std::string variable = {};
  std::string help = {};
  // What stands after it ("N", "FILE"); empty: nothing does.
  std::string placeholder = {};
  // Range, default and variables, as in --help.
  std::string facts = {};
  // The only values; empty: others too.
  std::vector<std::string> choices = {};
};

struct WordShape {
  std::string name = {};
  std::string help = {};
  // Those that have a meaning; empty: any.
  std::vector<std::string> choices = {};
};

struct CommandShape {
  std::string name = {};
  std::string help = {};
  // Its own; those of the commands around it may be given too.
  std::vector<FlagShape> flags = {};
  std::vector<WordShape> words = {};
  std::vector<CommandShape> commands = {};
};

}  // namespace paperwire::config
