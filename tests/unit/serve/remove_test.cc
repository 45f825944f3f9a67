// Papers taken out of the window because an operator asked.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "services/serve/ledger_keeper.h"
#include "services/serve/operations.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/operated_window.h"

namespace paperwire::serve {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class RemoveTest : public testing::Test {
 protected:
  absl::Status Ask(const std::string& id, const std::string& reason) {
    v1::RemovePaperRequest request;
    request.set_arxiv_id(id);
    request.set_reason(reason);
    return desk_.operations.RemovePaper(request, {}).status();
  }
  std::vector<v1::TaggedPaper> Published() { return desk_.Published<v1::TaggedPaper>("tagged"); }
  bus::Message NewPaper(const std::string& id, uint32_t version, uint32_t generation) {
    v1::NewPaper event;
    *event.mutable_paper() = MakeEntry(id, "2026-06-23").paper();
    event.mutable_paper()->set_version(version);
    *event.mutable_revision() =
        events::ToProto({.paper_version = version, .generation = generation, .rank = 0});
    return events::Encode(events::kNewPaper, event, {.service = "ingest"}, desk_.clock);
  }

  OperatedWindow desk_;
};

TEST_F(RemoveTest, PublishesARemovalWithTheNextGenerationAndNothingOfTheText) {
  desk_.Load({MakeEntry("2606.00001", "2026-06-23", {"theory"}, 4)});

  ASSERT_TRUE(Ask("2606.00001v1", "at its\nauthor's wish").ok());

  const auto events = Published();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].removed());
  EXPECT_EQ(events[0].removed_reason(), "at its author's wish");
  EXPECT_EQ(events[0].revision().generation(), 5u);
  EXPECT_EQ(events[0].paper().title(), "");
  EXPECT_EQ(events[0].paper().abstract(), "");
  EXPECT_FALSE(events[0].has_summary());
  // As the ledger reads it.
  const window::LedgerWrite sighting = ReadSighting(desk_.broker.Records("tagged").at(0));
  EXPECT_EQ(sighting.announced, "2026-06-23");
  EXPECT_EQ(sighting.sighting.reason, "removed: at its author's wish");
}

TEST_F(RemoveTest, SaysWhatIsNotInTheWindow) {
  desk_.Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00009", "2026-06-01")});

  for (const char* id : {"2606.77777", "2606.00009"}) {
    const absl::Status status = Ask(id, "a wish");
    EXPECT_TRUE(absl::IsNotFound(status)) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith(id));
  }
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(RemoveTest, WantsAnIdAndAReasonThatFits) {
  desk_.Load({MakeEntry("2606.00001", "2026-06-23")});

  const absl::Status no_id = Ask("the first one", "a wish");
  EXPECT_TRUE(absl::IsInvalidArgument(no_id));
  EXPECT_THAT(std::string(no_id.message()), StartsWith("arxiv_id: "));
  for (const std::string& reason : {std::string(), std::string(" \n"), std::string(301, 'x')}) {
    const absl::Status status = Ask("2606.00001", reason);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith("reason: "));
  }
  EXPECT_THAT(Published(), IsEmpty());
}

TEST_F(RemoveTest, OutranksWhatIsOnItsWayButWaitsForANewVersion) {
  desk_.Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-23")});
  ASSERT_TRUE(desk_.generations.Raise("2606.00001", 1, 1).ok());
  desk_.Sight(NewPaper("2606.00001", 1, 1), 0);
  desk_.Sight(NewPaper("2606.00002", 2, 0), 1);

  ASSERT_TRUE(Ask("2606.00001", "a wish").ok());
  EXPECT_EQ(Published().at(0).revision().generation(), 2u);

  const absl::Status status = Ask("2606.00002", "a wish");
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("a new version of 2606.00002"));
  EXPECT_EQ(Published().size(), 1u);
}

}  // namespace
}  // namespace paperwire::serve
