#include "libs/llm/ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/llm/scripted_chat.h"

namespace paperwire::llm {
namespace {

using testing::ElementsAre;

TEST(LadderTest, StepsDownOnceForEachRefusalAndRemembersIt) {
  Ladder ladder;
  ScriptedChat chat;
  chat.Then(Failed(CallOutcome::kSchemaUnsupported));
  chat.Then(Failed(CallOutcome::kSchemaUnsupported));
  LadderedChat laddered(chat, ladder);

  EXPECT_EQ(laddered.Ask({}, SchemaMode::kJsonSchema, {}).outcome, CallOutcome::kAnswered);
  EXPECT_EQ(laddered.Ask({}, SchemaMode::kJsonSchema, {}).mode, SchemaMode::kPromptOnly);

  EXPECT_THAT(chat.modes(), ElementsAre(SchemaMode::kJsonSchema, SchemaMode::kJsonObject,
                                        SchemaMode::kPromptOnly, SchemaMode::kPromptOnly));
  EXPECT_EQ(ladder.Mode({.base_url = "http://127.0.0.1:9/v1", .model = "other"}),
            SchemaMode::kJsonSchema);
}

TEST(LadderTest, DoesNotStepDownTwiceForTwoWhoWereRefusedAtOnce) {
  Ladder ladder;
  const Endpoint endpoint{.base_url = "http://127.0.0.1:9/v1", .model = "m"};

  ladder.StepDown(endpoint, SchemaMode::kJsonSchema);
  ladder.StepDown(endpoint, SchemaMode::kJsonSchema);

  EXPECT_EQ(ladder.Mode(endpoint), SchemaMode::kJsonObject);
}

TEST(LadderTest, StaysForEveryOtherFailure) {
  Ladder ladder;
  ScriptedChat chat;
  chat.Then(Failed(CallOutcome::kServerError));
  LadderedChat laddered(chat, ladder);

  EXPECT_EQ(laddered.Ask({}, SchemaMode::kJsonSchema, {}).outcome, CallOutcome::kServerError);

  EXPECT_EQ(chat.calls(), 1);
  EXPECT_EQ(ladder.Mode(chat.endpoint()), SchemaMode::kJsonSchema);
}

TEST(LadderTest, ANewProcessAsksAsTheOthersLearnedForADay) {
  clock::FakeClock clock{clock::WallTime{}};
  MemoryResultCache memory(clock);
  const Endpoint endpoint{.base_url = "http://127.0.0.1:9/v1", .model = "m"};
  Ladder(memory).StepDown(endpoint, SchemaMode::kJsonSchema);
  EXPECT_EQ(Ladder(memory).Mode(endpoint), SchemaMode::kJsonObject);
  Ladder second(memory);
  ASSERT_EQ(second.Mode(endpoint), SchemaMode::kJsonObject);
  second.StepDown(endpoint, SchemaMode::kJsonObject);
  EXPECT_EQ(Ladder(memory).Mode(endpoint), SchemaMode::kPromptOnly);
  EXPECT_EQ(Ladder(memory).Mode({.base_url = "http://127.0.0.1:9/v1", .model = "other"}),
            SchemaMode::kJsonSchema);

  clock.Advance(std::chrono::hours(24));
  EXPECT_EQ(Ladder(memory).Mode(endpoint), SchemaMode::kJsonSchema) << "it may have learned it";
}

TEST(LadderTest, AMemoryThatIsAwayIsDoneWithout) {
  clock::FakeClock clock{clock::WallTime{}};
  MemoryResultCache memory(clock);
  memory.SetFailure(absl::UnavailableError("away"));
  const Endpoint endpoint{.base_url = "http://127.0.0.1:9/v1", .model = "m"};
  Ladder ladder(memory);
  EXPECT_EQ(ladder.Mode(endpoint), SchemaMode::kJsonSchema);
  ladder.StepDown(endpoint, SchemaMode::kJsonSchema);
  EXPECT_EQ(ladder.Mode(endpoint), SchemaMode::kJsonObject);
}

}  // namespace
}  // namespace paperwire::llm
