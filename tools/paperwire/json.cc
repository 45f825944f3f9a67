#include "tools/paperwire/json.h"

#include "google/protobuf/util/json_util.h"

namespace paperwire::cli {

std::string ToJson(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = indented;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    return "{}";
  }
  return json;
}

}  // namespace paperwire::cli
