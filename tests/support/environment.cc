#include "tests/support/environment.h"

#include <charconv>
#include <cstdlib>

namespace paperwire::support {

std::optional<std::string> Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

int EnvironmentNumber(const std::string& name, int otherwise) {
  const auto text = Environment(name);
  if (!text) return otherwise;
  int number = otherwise;
  std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

}  // namespace paperwire::support
