#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace paperwire::config {

// The process's environment variables whose names start with `prefix`. This is the only place that
// reads the environment. Not to be called while another thread changes it.
std::map<std::string, std::string, std::less<>> ReadEnvironment(std::string_view prefix);

// What a secret's file says, without the line break at its end. Errors: NotFound (cannot be read),
// InvalidArgument (empty, over 64 KiB).
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// The same of a file that nobody else can read: 0600, or 0640 where its owner is another. Errors:
// as before, and PermissionDenied.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path);

}  // namespace paperwire::config
