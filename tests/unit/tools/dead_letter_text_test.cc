#include "tools/paperwire/dead_letter_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dead_letter.h"

namespace paperwire::cli {
namespace {

using support::MakeDeadLetter;
using ::testing::HasSubstr;

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
