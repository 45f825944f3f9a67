// Tags that change between the day a card is stored and the day it is read: an invented catalogue,
// in which a tag was renamed, one merged into it, and one given up.
#include "services/serve/current_tags.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/window/memory_window.h"
#include "services/serve/refresher.h"
#include "services/serve/site.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/parsed.h"

namespace paperwire::serve {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCatalogue[] = R"({"tags": [
    {"slug": "computer-vision", "name": "Seeing", "meaning": "Images and video.",
     "excludes": "One image in passing.", "synonyms": ["images"]},
    {"slug": "nlp", "name": "NLP", "meaning": "Words.", "excludes": "Images."}],
    "retired": [
    {"slug": "vision", "name": "Vision", "successor": "computer-vision"},
    {"slug": "expert-systems", "name": "Expert Systems"}]})";
constexpr char kMeasured[] =
    R"({"model": "linear-7", "papers": 200,
        "tags": {"computer-vision": {"given": 40, "right": 32}}})";

constexpr char kFirst[] = "2606.00001";
constexpr char kSecond[] = "2606.00002";
constexpr char kThird[] = "2606.00003";

class CurrentTagsTest : public testing::Test {
 protected:
  CurrentTagsTest()
      : catalogue_(*tags::TagCatalogue::Parse(kCatalogue, kMeasured)),
        clock_(TuesdayNoon()),
        feed_clock_(clock_, /*data=*/false),
        window_(window::MakeMemoryWindow()),
        requests_(metrics_),
        refresher_(*window_, holder_, feed_clock_, {}, catalogue_),
        feed_(holder_, statuses_, feed_clock_, catalogue_),
        site_(feed_, holder_, statuses_, feed_clock_, requests_, catalogue_) {}

  void SetUp() override {
    const auto begun = window_->Begin({{kPartition, 0}}, {});
    ASSERT_TRUE(begun.ok());
    epoch_ = window_->GetState()->epoch;
    v1::GetStatusResponse status;
    status.set_newest_announced("2026-06-23");
    statuses_.Set(status);
    // As older versions stored them, and a later one.
    Store(MakeEntry(kFirst, "2026-06-23", {"vision", "nlp"}));
    Store(MakeEntry(kSecond, "2026-06-22", {"expert-systems", "quantum-learning"}));
    ASSERT_TRUE(refresher_.Step().ok());
    // This one comes in by the change stream.
    Store(MakeEntry(kThird, "2026-06-22", {"computer-vision", "vision"}));
    ASSERT_TRUE(refresher_.Step().ok());
  }

  void Store(const v1::Entry& entry) {
    window::Write write;
    write.offset = stored_ < 0 ? 0 : stored_;
    write.entry = entry;
    const auto applied = window_->Apply(epoch_, kPartition, stored_, "", {&write, 1});
    ASSERT_TRUE(applied.ok()) << applied.status();
    ASSERT_EQ(applied->verdicts.at(0), window::Verdict::kApplied);
    stored_ = applied->stored_offset;
  }

  std::vector<std::string> Any(const std::string& tag) const {
    v1::ListPapersRequest request;
    request.mutable_filter()->add_tags_any(tag);
    return Ids(request);
  }
  std::vector<std::string> All(const std::vector<std::string>& tags) const {
    v1::ListPapersRequest request;
    for (const std::string& tag : tags) request.mutable_filter()->add_tags_all(tag);
    return Ids(request);
  }
  std::vector<std::string> Ids(const v1::ListPapersRequest& request) const {
    const auto response = Parsed<v1::ListPapersResponse>(feed_.ListPapers(request));
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> ids;
    if (!response.ok()) return ids;
    for (const v1::Entry& entry : response->entries()) ids.push_back(entry.paper().arxiv_id());
    return ids;
  }
  std::vector<std::string> TagsOf(const char* id) const {
    std::vector<std::string> tags;
    const v1::Entry entry = holder_.Get()->Find(id)->Message();
    for (const v1::Tag& tag : entry.tags()) {
      tags.push_back(tag.slug() + "=" + tag.name());
    }
    return tags;
  }
  http::Response Ask(const std::string& path,
                     std::vector<std::pair<std::string, std::string>> query = {}) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.query = std::move(query);
    return site_.Answer(request);
  }

  const bus::TopicPartition kPartition{"tagged", 0};
  const tags::TagCatalogue catalogue_;
  clock::FakeClock clock_;
  FeedClock feed_clock_;
  std::unique_ptr<window::Window> window_;
  prometheus::Registry metrics_;
  RequestCounter requests_;
  SnapshotHolder holder_;
  StatusHolder statuses_;
  Refresher refresher_;
  Feed feed_;
  Site site_;
  std::string epoch_;
  int64_t stored_ = -1;
};

TEST_F(CurrentTagsTest, StoredEntriesAreReadUnderCurrentSlugsAndNames) {
  EXPECT_THAT(TagsOf(kFirst), ElementsAre("computer-vision=Seeing", "nlp=NLP"));
  EXPECT_THAT(TagsOf(kSecond),
              ElementsAre("expert-systems=Expert Systems", "quantum-learning=quantum-learning"));
  EXPECT_THAT(TagsOf(kThird), ElementsAre("computer-vision=Seeing"));
  // What is stored is as it was written.
  const std::vector<std::string> ids = {kFirst};
  EXPECT_EQ(window_->Get(ids)->at(0).entry.tags(0).slug(), "vision");
}

TEST_F(CurrentTagsTest, AFilterFindsThemBySlugOldSlugNameAndSynonym) {
  for (const char* tag : {"computer-vision", "vision", "Seeing", "IMAGES", "Vision"}) {
    EXPECT_THAT(Any(tag), ElementsAre(kFirst, kThird)) << tag;
  }
  EXPECT_THAT(All({"vision", "nlp"}), ElementsAre(kFirst));
  EXPECT_THAT(All({"vision", "computer-vision"}), ElementsAre(kFirst, kThird));
}

TEST_F(CurrentTagsTest, ATagWithoutASuccessorAndOneOfALaterVersionAreFoundAsTheyAre) {
  EXPECT_THAT(Any("expert-systems"), ElementsAre(kSecond));
  EXPECT_THAT(Any("quantum-learning"), ElementsAre(kSecond));

  v1::ListPapersRequest unknown;
  unknown.mutable_filter()->add_tags_any("nlp");
  unknown.mutable_filter()->add_tags_any("computer-visoin");
  const auto refused = Parsed<v1::ListPapersResponse>(feed_.ListPapers(unknown));
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_EQ(std::string(refused.status().message()),
            "filter.tags_any: unknown tag 'computer-visoin'; did you mean 'computer-vision'?");
}

TEST_F(CurrentTagsTest, APageTokenOutlivesARenamedTag) {
  v1::ListPapersRequest request;
  request.mutable_filter()->add_tags_any("vision");
  request.set_page_size(1);
  const auto first = Parsed<v1::ListPapersResponse>(feed_.ListPapers(request));
  ASSERT_TRUE(first.ok());
  request.set_page_token(first->next_page_token());

  EXPECT_THAT(Ids(request), ElementsAre(kThird));
}

TEST_F(CurrentTagsTest, OnlyWhatIsGivenTodayIsListedWithItsOlderSlugs) {
  const auto listed = feed_.ListTags();
  ASSERT_TRUE(listed.ok());

  ASSERT_EQ(listed->tags_size(), 2);
  EXPECT_THAT(listed->tags(0).former_slugs(), ElementsAre("vision"));
  ASSERT_EQ(listed->tags(0).counts_size(), 2);
  EXPECT_EQ(listed->tags(0).counts(0).count(), 1);
}

TEST_F(CurrentTagsTest, AnOldAddressLeadsToTheNewOne) {
  const http::Response moved = Ask("/t/vision");
  EXPECT_EQ(moved.status, 301);
  EXPECT_THAT(moved.headers,
              Contains(std::pair<std::string, std::string>("Location", "/t/computer-vision")));
  const http::Response narrowed = Ask("/d/2026-06-22", {{"tag", "vision"}, {"page", "1"}});
  EXPECT_EQ(narrowed.status, 301);
  EXPECT_THAT(narrowed.headers, Contains(std::pair<std::string, std::string>(
                                    "Location", "/d/2026-06-22?tag=computer-vision")));
  // What is no slug may come to mean another tag.
  EXPECT_EQ(Ask("/t/Images").status, 302);
  EXPECT_EQ(Ask("/t/Computer Vision").status, 302);
  EXPECT_EQ(Ask("/t/vision", {{"page", "x"}}).status, 404);
}

TEST_F(CurrentTagsTest, ATagsPageSaysWhatItMeansAndHowOftenItIsRight) {
  const std::string html = *Ask("/t/computer-vision").body;

  EXPECT_THAT(html, HasSubstr("<h1>Seeing</h1>"));
  EXPECT_THAT(html, HasSubstr("Images and video."));
  EXPECT_THAT(html, HasSubstr("One image in passing."));
  EXPECT_THAT(html,
              HasSubstr("labels under our guideline: it agreed in 32 of the 40 papers that got the "
                        "tag, 80 % (95 % interval 65"));
  EXPECT_THAT(*Ask("/t/nlp").body, Not(HasSubstr("Held against")));
}

TEST_F(CurrentTagsTest, AFigureOfAnotherModelIsNotShown) {
  v1::Entry entry = MakeEntry("2606.00009", "2026-06-23", {"nlp"});
  entry.mutable_tag_provenance()->set_model("linear-8");
  Store(entry);
  ASSERT_TRUE(refresher_.Step().ok());

  EXPECT_THAT(*Ask("/t/computer-vision").body, Not(HasSubstr("Held against")));
  EXPECT_EQ(feed_.ListTags()->tags(0).measured_on(), 0u);
}

TEST_F(CurrentTagsTest, TagsThatAreNoLongerOrNotYetGivenHavePagesWhileCardsCarryThem) {
  EXPECT_THAT(*Ask("/t/expert-systems").body, HasSubstr("<h1>Expert Systems</h1>"));
  EXPECT_THAT(*Ask("/t/expert-systems").body, HasSubstr("No longer given"));
  EXPECT_THAT(*Ask("/t/quantum-learning").body, HasSubstr("<h1>quantum-learning</h1>"));

  const http::Response unknown = Ask("/t/computer-visoin");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(*unknown.body, HasSubstr("did you mean &#39;computer-vision&#39;?"));
  EXPECT_EQ(Ask("/t/<script>").status, 404);
  EXPECT_THAT(*Ask("/t/<script>").body, Not(HasSubstr("<script>")));
}

TEST(UnderCurrentTags, WhatBecomesOneKeepsTheBetterConfidenceAndAllEvidence) {
  const auto catalogue = tags::TagCatalogue::Parse(kCatalogue);
  v1::Entry entry = MakeEntry(kFirst, "2026-06-23", {"vision", "nlp", "computer-vision"});
  entry.mutable_tags(0)->set_confidence(0.4f);
  entry.mutable_tags(2)->set_confidence(0.9f);
  entry.mutable_tags(2)->set_evidence(0, "pixels");

  UnderCurrentTags(*catalogue, entry);

  ASSERT_EQ(entry.tags_size(), 2);
  EXPECT_EQ(entry.tags(0).slug(), "computer-vision");
  EXPECT_FLOAT_EQ(entry.tags(0).confidence(), 0.9f);
  EXPECT_THAT(entry.tags(0).evidence(), ElementsAre("bound", "pixels"));
  EXPECT_EQ(entry.tags(1).slug(), "nlp");
}

}  // namespace
}  // namespace paperwire::serve
