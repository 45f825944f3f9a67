#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/feed_fixture.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

TEST_F(FeedTest, GetsByAnySpellingOfAnIdAndRefusesWhatIsNone) {
  Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-10")});
  v1::GetPaperRequest request;
  for (const char* id : {"2606.00001", "2606.00001v3", "arXiv:2606.00001"}) {
    request.set_arxiv_id(id);
    const auto response = Parsed<v1::GetPaperResponse>(feed_.GetPaper(request));
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->entry().paper().abstract(), "We study gradient noise.");
  }
  request.set_view(v1::ENTRY_VIEW_BASIC);
  EXPECT_EQ(Parsed<v1::GetPaperResponse>(feed_.GetPaper(request))->entry().paper().abstract(), "");
  request.set_view(static_cast<v1::EntryView>(3));
  EXPECT_THAT(Refused(feed_.GetPaper(request).status()), StartsWith("view: "));
  request.clear_view();
  for (const std::string& id :
       {std::string(), std::string("paper"), std::string("2606.1"), std::string(10'000, '2')}) {
    request.set_arxiv_id(id);
    EXPECT_THAT(Refused(feed_.GetPaper(request).status()), StartsWith("arxiv_id: "));
  }
  // In the snapshot, but its date has left the window.
  request.set_arxiv_id("2606.00002");
  EXPECT_TRUE(absl::IsNotFound(feed_.GetPaper(request).status()));
  request.set_arxiv_id("2606.09999");
  EXPECT_TRUE(absl::IsNotFound(feed_.GetPaper(request).status()));
}

TEST_F(FeedTest, GetsManyInTheOrderAskedAndNamesTheMissing) {
  Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-22")});
  v1::BatchGetPapersRequest request;
  for (const char* id : {"2606.00002", "2606.00009", "2606.00001v2"}) request.add_arxiv_ids(id);

  const auto response = Parsed<v1::BatchGetPapersResponse>(feed_.BatchGetPapers(request));
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->entries_size(), 2);
  EXPECT_EQ(response->entries(0).paper().arxiv_id(), "2606.00002");
  EXPECT_EQ(response->entries(1).paper().arxiv_id(), "2606.00001");
  EXPECT_THAT(response->missing_ids(), ElementsAre("2606.00009"));

  EXPECT_TRUE(feed_.BatchGetPapers({}).ok());
  request.add_arxiv_ids("");
  EXPECT_THAT(Refused(feed_.BatchGetPapers(request).status()), StartsWith("arxiv_ids: "));
  request.set_view(static_cast<v1::EntryView>(77));
  EXPECT_THAT(Refused(feed_.BatchGetPapers(request).status()), StartsWith("view: "));
  v1::BatchGetPapersRequest many;
  for (int i = 0; i < 101; ++i) many.add_arxiv_ids("2606.00001");
  EXPECT_THAT(Refused(feed_.BatchGetPapers(many).status()), StartsWith("arxiv_ids: "));
}

}  // namespace
}  // namespace paperwire::serve
