#include "libs/bus/failed_record.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace paperwire::bus {
namespace {

int64_t NumberOf(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return 0;
  return number;
}

bool HasHeader(const Message& message, std::string_view name) {
  return std::any_of(message.headers.begin(), message.headers.end(),
                     [name](const Header& header) { return header.name == name; });
}

void SetOriginal(Message& message, std::string_view name, std::string value) {
  if (!HasHeader(message, name)) message.SetHeader(name, std::move(value));
}

}  // namespace

std::string SanitizeErrorMessage(std::string_view text) {
  std::string clean;
  clean.reserve(std::min(text.size(), kMaxErrorMessage));
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    clean.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
    if (clean.size() > kMaxErrorMessage) break;
  }
  if (clean.size() > kMaxErrorMessage) {
    size_t end = kMaxErrorMessage;
    while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xc0) == 0x80) --end;
    clean.resize(end);
  }
  return clean;
}

int AttemptsOf(const Message& record) {
  return static_cast<int>(std::min<int64_t>(NumberOf(record.FindHeader("x-attempt")), 1000000));
}

int64_t NotBeforeOf(const Message& record) { return NumberOf(record.FindHeader("x-not-before")); }

Message FailedRecord(const Message& record, std::string topic, const Failure& failure,
                     std::optional<int64_t> not_before_ms) {
  Message failed = record;
  failed.topic = std::move(topic);
  failed.partition = -1;
  failed.offset = -1;
  SetOriginal(failed, "x-original-topic", record.topic);
  SetOriginal(failed, "x-original-partition", std::to_string(record.partition));
  SetOriginal(failed, "x-original-offset", std::to_string(record.offset));
  SetOriginal(failed, "x-original-timestamp", std::to_string(record.timestamp_ms));
  failed.SetHeader("x-attempt", std::to_string(AttemptsOf(record) + 1));
  if (not_before_ms) {
    failed.SetHeader("x-not-before", std::to_string(*not_before_ms));
  } else {
    std::erase_if(failed.headers,
                  [](const Header& header) { return header.name == "x-not-before"; });
  }
  failed.SetHeader("x-error-class", failure.error_class);
  failed.SetHeader("x-error-message", SanitizeErrorMessage(failure.error_message));
  failed.SetHeader("x-service", failure.service);
  return failed;
}

std::string_view ClassOf(const absl::Status& status) {
  return absl::IsDataLoss(status) ? kClassDataLoss : kClassInvalid;
}

absl::Status CheckRecord(const Message& record, size_t max_record_bytes,
                         std::string_view& error_class) {
  if (record.value.size() > max_record_bytes) {
    error_class = kClassTooLarge;
    return absl::InvalidArgumentError("the record has " + std::to_string(record.value.size()) +
                                      " bytes, the limit is " + std::to_string(max_record_bytes));
  }
  if (record.key.empty()) {
    error_class = kClassNoKey;
    return absl::InvalidArgumentError("the record has no key");
  }
  return absl::OkStatus();
}

}  // namespace paperwire::bus
