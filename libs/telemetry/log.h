#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace paperwire::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

// One fact of a log line.
struct Field {
  Field(std::string_view field_name, std::string_view text)
      : name(field_name), value(text), quoted(true) {}
  Field(std::string_view field_name, const char* text)
      : Field(field_name, std::string_view(text)) {}
  Field(std::string_view field_name, const std::string& text)
      : Field(field_name, std::string_view(text)) {}
  Field(std::string_view field_name, const absl::Status& status)
      : Field(field_name, std::string_view(status.ToString())) {}
  Field(std::string_view field_name, bool truth)
      : name(field_name), value(truth ? "true" : "false"), quoted(false) {}
  Field(std::string_view field_name, int number)
      : name(field_name), value(std::to_string(number)), quoted(false) {}
  Field(std::string_view field_name, int64_t number)
      : name(field_name), value(std::to_string(number)), quoted(false) {}
  Field(std::string_view field_name, uint64_t number)
      : name(field_name), value(std::to_string(number)), quoted(false) {}
  Field(std::string_view field_name, double number)
      : name(field_name), value(std::to_string(number)), quoted(false) {}

  std::string name;
  std::string value;
  bool quoted;
};

// Writes one line to standard error: text on a terminal, a JSON object otherwise. Thread-safe.
// `event` is a short fixed phrase; everything variable is a field. A line about a paper carries
// the fields "paper" and "traceparent".
void Log(Level level, std::string_view event, std::initializer_list<Field> fields = {});

// Whether such a line would be written, for where its fields cost more than a record may.
bool IsLogged(Level level);

struct LogSettings {
  // "debug", "info", "warning", "error".
  std::string level = "info";
  // "auto" (text on a terminal, JSON otherwise), "text", "json".
  std::string format = "auto";
};

// Sets up logging for the process; lines name `service`. Called once, by service::Run.
void StartLogging(std::string_view service, const LogSettings& settings);

}  // namespace paperwire::telemetry
