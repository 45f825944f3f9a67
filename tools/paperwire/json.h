#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace paperwire::cli {

// `message` as proto3 JSON: on one line, or indented for people.
std::string ToJson(const google::protobuf::Message& message, bool indented = false);

}  // namespace paperwire::cli
