#include "libs/bus/failed_record.h"

#include <gtest/gtest.h>

namespace paperwire::bus {
namespace {

Message Record() {
  Message message;
  message.topic = "new-paper";
  message.key = "2601.00001";
  message.value = "bytes";
  message.headers = {{"ce_id", "1"}};
  message.partition = 3;
  message.offset = 41;
  message.timestamp_ms = 1700000000000;
  return message;
}

const Failure kFailure{"exhausted", "no answer", "summarize"};

TEST(FailedRecord, SaysWhereTheRecordStoodAndWhyItFailed) {
  const Message failed = FailedRecord(Record(), "new-paper.retry.30s", kFailure, 1700000030000);
  EXPECT_EQ(failed.topic, "new-paper.retry.30s");
  EXPECT_EQ(failed.key, "2601.00001");
  EXPECT_EQ(failed.value, "bytes");
  EXPECT_EQ(failed.FindHeader("ce_id"), "1");
  EXPECT_EQ(failed.FindHeader("x-original-topic"), "new-paper");
  EXPECT_EQ(failed.FindHeader("x-original-partition"), "3");
  EXPECT_EQ(failed.FindHeader("x-original-offset"), "41");
  EXPECT_EQ(failed.FindHeader("x-original-timestamp"), "1700000000000");
  EXPECT_EQ(failed.FindHeader("x-attempt"), "1");
  EXPECT_EQ(NotBeforeOf(failed), 1700000030000);
  EXPECT_EQ(failed.FindHeader("x-error-class"), "exhausted");
  EXPECT_EQ(failed.FindHeader("x-error-message"), "no answer");
  EXPECT_EQ(failed.FindHeader("x-service"), "summarize");
}

TEST(FailedRecord, NeverOverwritesTheFirstOrigin) {
  Message again = FailedRecord(Record(), "new-paper.retry.30s", kFailure, 5);
  again.partition = 0;
  again.offset = 7;
  const Message dead = FailedRecord(again, "new-paper.dlq", kFailure, std::nullopt);
  EXPECT_EQ(dead.FindHeader("x-original-topic"), "new-paper");
  EXPECT_EQ(dead.FindHeader("x-original-offset"), "41");
  EXPECT_EQ(dead.FindHeader("x-attempt"), "2");
  EXPECT_EQ(dead.FindHeader("x-not-before"), "");
}

TEST(FailedRecord, TakesHeadersThatAreNoNumbersForNone) {
  Message record = Record();
  record.headers = {{"x-attempt", "many"}, {"x-not-before", "-5"}};
  EXPECT_EQ(AttemptsOf(record), 0);
  EXPECT_EQ(NotBeforeOf(record), 0);
}

TEST(SanitizeErrorMessage, KeepsItShortPrintableAndWholeCharacters) {
  EXPECT_EQ(SanitizeErrorMessage("a\nb\x1b[31m"), "a b [31m");
  std::string text(kMaxErrorMessage - 1, 'x');
  text += "é and more";
  EXPECT_EQ(SanitizeErrorMessage(text), std::string(kMaxErrorMessage - 1, 'x'));
  EXPECT_EQ(SanitizeErrorMessage(std::string(5000, 'y')).size(), kMaxErrorMessage);
}

TEST(CheckRecord, NamesWhatNoHandlerIsToSee) {
  std::string_view error_class;
  Message record = Record();
  EXPECT_TRUE(CheckRecord(record, 5, error_class).ok());
  EXPECT_FALSE(CheckRecord(record, 4, error_class).ok());
  EXPECT_EQ(error_class, "too-large");
  record.key.clear();
  EXPECT_FALSE(CheckRecord(record, 5, error_class).ok());
  EXPECT_EQ(error_class, "no-key");
}

}  // namespace
}  // namespace paperwire::bus
