#include "tools/paperwire/input_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace paperwire::cli {

absl::StatusOr<std::string> ReadInput(const std::string& file, Console& console) {
  if (file == "-") {
    return std::string(std::istreambuf_iterator<char>(console.in), {});
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream buffer;
  // An empty file leaves failbit on the buffer, and nothing else.
  if (stream.good() && stream.peek() != std::ifstream::traits_type::eof()) {
    buffer << stream.rdbuf();
  }
  if (!stream.is_open() || stream.bad() || (stream.fail() && !stream.eof())) {
    return absl::NotFoundError("cannot read " + file + ": " + std::strerror(errno));
  }
  return buffer.str();
}

}  // namespace paperwire::cli
