#include "tools/paperwire/dead_letter_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paperwire/v1/events.pb.h"

namespace paperwire::cli {
namespace {

using ::testing::HasSubstr;

bus::Message MakeDeadLetter() {
  v1::NewPaper event;
  event.mutable_paper()->set_arxiv_id("2606.01234");
  bus::Message dead;
  dead.topic = "new-paper.dlq";
  dead.key = "2606.01234";
  dead.value = event.SerializeAsString();
  dead.partition = 3;
  dead.offset = 17;
  dead.headers = {{"ce_id", "abc"},
                  {"x-attempt", "4"},
                  {"x-not-before", "1780000000000"},
                  {"x-original-topic", "new-paper"},
                  {"x-original-offset", "99"},
                  {"x-error-class", "exhausted"}};
  return dead;
}

TEST(DeadLetterText, ShowsHeadersAndTheEvent) {
  const std::string text = DeadLetterText(MakeDeadLetter());
  for (const char* part : {"new-paper.dlq partition 3 offset 17", "key: 2606.01234",
                           "x-error-class: exhausted", "\"arxivId\": \"2606.01234\""}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(DeadLetterText, ShowsBytesThatAreNoEvent) {
  bus::Message dead = MakeDeadLetter();
  dead.value = std::string("\xff\xff\x1b[31m", 7);
  dead.key.clear();
  const std::string text = DeadLetterText(dead);
  EXPECT_THAT(text, HasSubstr("ff ff 1b"));
  EXPECT_THAT(text, HasSubstr("key: (none)"));
}

}  // namespace
}  // namespace paperwire::cli
