#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// The values of x-error-class.
inline constexpr std::string_view kClassInvalid = "invalid";
inline constexpr std::string_view kClassTooLarge = "too-large";
inline constexpr std::string_view kClassNoKey = "no-key";
inline constexpr std::string_view kClassDataLoss = "data-loss";
inline constexpr std::string_view kClassExhausted = "exhausted";
inline constexpr std::string_view kClassCrashLoop = "crash-loop";
inline constexpr std::string_view kClassSpread = "spread";

// The longest x-error-message, in bytes.
inline constexpr size_t kMaxErrorMessage = 1024;

// Why a record goes to a retry or dead-letter topic.
struct Failure {
  std::string error_class;
  std::string error_message;
  // The service that failed: "summarize".
  std::string service;
};

// `record` as it is written to `topic`: key, value and headers as they were; x-attempt counts the
// tries that failed; x-original-{topic,partition,offset,timestamp} are set when they are not there
// yet and never overwritten; x-not-before (milliseconds since the epoch) is set on retries and
// taken off dead letters.
Message FailedRecord(const Message& record, std::string topic, const Failure& failure,
                     std::optional<int64_t> not_before_ms);

// How many tries of `record` have failed before: its x-attempt, 0 when there is none.
int AttemptsOf(const Message& record);
// Its x-not-before; 0 when there is none or it is not a number.
int64_t NotBeforeOf(const Message& record);

// The class of a record whose handler answered `status` (of fate kDeadLetter).
std::string_view ClassOf(const absl::Status& status);

// The class and words of a record that no handler is to see: without a key, or larger than
// `max_record_bytes`. OK: it can be handled.
absl::Status CheckRecord(const Message& record, size_t max_record_bytes,
                         std::string_view& error_class);

// `text` fit for a header: printable, at most kMaxErrorMessage bytes, cut at a character.
std::string SanitizeErrorMessage(std::string_view text);

}  // namespace paperwire::bus
