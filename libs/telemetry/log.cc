#include "libs/telemetry/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "libs/telemetry/log_text.h"

namespace paperwire::telemetry {
namespace {

// Every JSON line has these; a field of such a name gets an underscore.
constexpr std::array<std::string_view, 4> kReserved = {"ts", "level", "service", "event"};

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

spdlog::level::level_enum ParseLevel(std::string_view name) {
  if (name == "debug") return spdlog::level::debug;
  if (name == "warning") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return spdlog::level::info;
}

// Numbers stay bare; "nan" and "inf" are no JSON.
bool IsBare(const Field& field) {
  return !field.quoted && field.value.find_first_of("nN") != 0 &&
         field.value.find("inf") == std::string::npos && field.value != "-nan";
}

void AppendJsonFields(std::string& line, std::string_view event,
                      std::initializer_list<Field> fields) {
  line += "\"event\":";
  AppendJsonString(line, event);
  for (const Field& field : fields) {
    const bool taken = std::find(kReserved.begin(), kReserved.end(), field.name) != kReserved.end();
    line += ',';
    AppendJsonString(line, taken ? field.name + "_" : field.name);
    line += ':';
    if (IsBare(field)) {
      line += field.value;
    } else {
      AppendJsonString(line, field.value);
    }
  }
}

void AppendPlainFields(std::string& line, std::string_view event,
                       std::initializer_list<Field> fields) {
  line += event;
  for (const Field& field : fields) {
    line.append(" ").append(field.name).append("=");
    AppendPlain(line, field.value);
  }
}

// '%' introduces a directive in a spdlog pattern.
std::string PatternText(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    escaped += letter;
    if (letter == '%') escaped += '%';
  }
  return escaped;
}

class Output {
 public:
  Output(std::string_view service, const LogSettings& settings)
      : json_(settings.format == "json" ||
              (settings.format == "auto" && ::isatty(STDERR_FILENO) == 0)),
        logger_(
            "paperwire",
            json_ ? spdlog::sink_ptr(std::make_shared<spdlog::sinks::stderr_sink_mt>())
                  : spdlog::sink_ptr(std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>())) {
    std::string pattern;
    if (json_) {
      AppendJsonString(pattern, service);
      pattern = R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","service":)" + PatternText(pattern) +
                ",%v}";
    } else {
      pattern = "%Y-%m-%d %H:%M:%S.%eZ %^%-7l%$ " + PatternText(service) + ": %v";
    }
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        std::move(pattern), spdlog::pattern_time_type::utc));
    logger_.set_level(ParseLevel(settings.level));
    logger_.flush_on(spdlog::level::debug);
  }

  bool Writes(Level level) const { return logger_.should_log(ToSpdlog(level)); }

  void Write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (!Writes(level)) return;
    std::string line;
    if (json_) {
      AppendJsonFields(line, event, fields);
    } else {
      AppendPlainFields(line, event, fields);
    }
    logger_.log(ToSpdlog(level), spdlog::string_view_t(line));
  }

 private:
  bool json_;
  spdlog::logger logger_;
};

std::atomic<Output*>& Current() {
  static std::atomic<Output*> current{nullptr};
  return current;
}

// Lines written before StartLogging, for example by a tool that never calls it.
Output& Fallback() {
  static auto* const kOutput = new Output("paperwire", LogSettings{.format = "text"});
  return *kOutput;
}

Output& Active() {
  Output* const output = Current().load(std::memory_order_acquire);
  return output != nullptr ? *output : Fallback();
}

}  // namespace

void Log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  Active().Write(level, event, fields);
}

bool IsLogged(Level level) { return Active().Writes(level); }

void StartLogging(std::string_view service, const LogSettings& settings) {
  // Kept for good, with those before it: other threads may log until the process ends.
  static std::mutex mutex;
  static auto* const kKept = new std::vector<std::unique_ptr<Output>>();
  std::lock_guard lock(mutex);
  kKept->push_back(std::make_unique<Output>(service, settings));
  Current().store(kKept->back().get(), std::memory_order_release);
}

}  // namespace paperwire::telemetry
