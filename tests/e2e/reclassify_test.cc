// Cards tagged again because an operator asked.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/tags/catalogue.h"
#include "services/classify/classify.h"
#include "tests/support/paths.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {
namespace {

using std::chrono::seconds;

constexpr char kOlderModel[] = "older-0";

// The tags of a card, in their order.
std::vector<std::string> Slugs(const google::protobuf::RepeatedPtrField<v1::Tag>& tags) {
  std::vector<std::string> slugs;
  for (const v1::Tag& tag : tags) slugs.push_back(tag.slug());
  return slugs;
}

std::vector<std::string> TagsNow(const v1::Paper& paper, const v1::Summary& summary) {
  const auto tags = classify::Classify(paper, summary);
  return Slugs({tags.begin(), tags.end()});
}

class ReclassifyTest : public support::StackTest {
 protected:
  ReclassifyTest() : StackTest({.serve_replicas = 2}) {}

  support::Finished Reclassify(std::vector<std::string> words) {
    words.insert(words.begin(), {support::ProgramPath("paperwire"), "reclassify",
                                 "--operator-server", stack().operator_address()});
    auto finished = support::RunProgram({.command = std::move(words)}, seconds(60));
    EXPECT_TRUE(finished.ok()) << finished.status();
    return finished.value_or(support::Finished{.exit_code = -1, .output = ""});
  }

  // The sample day, summarized, and tagged by an older model with one wrong tag each, but for the
  // last two papers, which the classify that runs has tagged.
  void ServeADayOfAnOlderModel() {
    for (const char* name : {"serve", "serve-2", "summarize"}) {
      ASSERT_TRUE(stack().StartService(name).ok());
    }
    const auto cycle = stack().Ingest(support::SourceDir() + "/services/ingest/sample");
    ASSERT_TRUE(cycle.ok() && cycle->exit_code == 0) << cycle.status();
    count_ = static_cast<int>(stack().RecordCount(std::string(events::kNewPaper)));
    ASSERT_GT(count_, 5);
    ASSERT_TRUE(support::WaitUntil(seconds(60), [&] {
      return stack().RecordCount(std::string(events::kSummarized)) == count_;
    }));
    const auto records = stack().Records(std::string(events::kSummarized));
    ASSERT_TRUE(records.ok()) << records.status();
    std::vector<bus::Message> tagged;
    for (const bus::Message& record : *records) {
      v1::SummarizedPaper event;
      ASSERT_TRUE(events::Decode(record, event).ok());
      const std::string& id = event.paper().arxiv_id();
      right_[id] = TagsNow(event.paper(), event.summary());
      if (tagged.size() + 2 < records->size()) {
        older_.push_back(id);
        tagged.push_back(TagByOlder(event));
      }
    }
    ASSERT_TRUE(stack().Publish(std::move(tagged)).ok());
    ASSERT_TRUE(stack().WaitForCount(count_ - 2, seconds(60)));
    // It tags all of them; of equal revisions the first stays.
    ASSERT_TRUE(stack().StartService("classify").ok());
    ASSERT_TRUE(stack().WaitForCount(count_, seconds(60)));
    ExpectBalanced();
  }

  bus::Message TagByOlder(const v1::SummarizedPaper& event) {
    const std::vector<std::string>& right = right_.at(event.paper().arxiv_id());
    const auto wrong = std::ranges::find_if(tags::Catalogue(), [&](const tags::TagInfo& info) {
      return std::ranges::find(right, info.slug) == right.end();
    });
    v1::TaggedPaper tagged;
    events::CarryOver(event, tagged);
    tagged.add_tags()->set_slug(std::string(wrong->slug));
    tagged.mutable_tag_provenance()->set_model(kOlderModel);
    return events::Encode(events::kTagged, tagged,
                          {.service = "classify", .configuration = kOlderModel}, clock_);
  }

  std::map<std::string, v1::Entry> Cards(int replica) {
    std::map<std::string, v1::Entry> cards;
    const auto entries = stack().feed(replica).ListAll(v1::ENTRY_VIEW_FULL);
    if (!entries.ok()) return cards;
    for (const auto& entry : *entries) {
      EXPECT_TRUE(cards.emplace(entry.paper().arxiv_id(), entry).second) << "listed twice";
    }
    return cards;
  }
  // What ListTags counts over all days, and what a list by each tag finds.
  std::map<std::string, int> CountedByTag(int replica) {
    std::map<std::string, int> counts;
    const auto tags = stack().feed(replica).Tags();
    EXPECT_TRUE(tags.ok()) << tags.status();
    if (!tags.ok()) return counts;
    for (const v1::TagDescription& tag : tags->tags()) {
      for (const v1::DayCount& day : tag.counts())
        counts[tag.slug()] += static_cast<int>(day.count());
    }
    return counts;
  }
  static std::map<std::string, int> CountsOf(const std::map<std::string, v1::Entry>& cards) {
    std::map<std::string, int> counts;
    for (const auto& [id, card] : cards) {
      for (const v1::Tag& tag : card.tags()) ++counts[tag.slug()];
    }
    return counts;
  }
  std::set<std::string> FoundBy(int replica, const std::string& slug) {
    v1::EntryFilter filter;
    filter.add_tags_any(slug);
    std::set<std::string> ids;
    const auto entries = stack().feed(replica).List(filter);
    EXPECT_TRUE(entries.ok()) << entries.status();
    if (!entries.ok()) return ids;
    for (const auto& entry : *entries) ids.insert(entry.paper().arxiv_id());
    return ids;
  }
  // Waits until both replicas show that many cards of the older model.
  void ExpectOlder(int expected) {
    for (const int replica : {0, 1}) {
      int older = -1;
      support::WaitUntil(seconds(60), [&] {
        const auto cards = Cards(replica);
        older = static_cast<int>(std::ranges::count_if(cards, [](const auto& card) {
          return card.second.tag_provenance().model() == kOlderModel;
        }));
        return older == expected;
      });
      EXPECT_EQ(older, expected) << "replica " << replica;
    }
  }
  void ExpectBalanced() {
    const auto ledger = stack().WaitForLedger(count_, seconds(60));
    EXPECT_TRUE(ledger.balanced && ledger.served == count_ && ledger.missing == 0 &&
                ledger.pending == 0 && ledger.dead_lettered == 0)
        << ledger.ToString();
  }

  const clock::SystemClock clock_;
  int count_ = 0;
  std::vector<std::string> older_;
  // The tags that the classify that runs gives, by id.
  std::map<std::string, std::vector<std::string>> right_;
};

TEST_F(ReclassifyTest, OneCardThenAllThatAnotherModelTagged) {
  ServeADayOfAnOlderModel();
  const int older = static_cast<int>(older_.size());
  ExpectOlder(older);
  const auto before = Cards(0);
  ASSERT_EQ(before.size(), static_cast<size_t>(count_));
  const std::string one = older_.front();
  const std::string wrong = before.at(one).tags(0).slug();
  EXPECT_TRUE(FoundBy(0, wrong).contains(one));
  const int64_t changes = stack().ChangeCount();

  // One, and one that is not there.
  const auto first = Reclassify({one, "9912.99999"});
  EXPECT_EQ(first.exit_code, 1) << first.output;
  EXPECT_NE(first.output.find("requested 1\n"), std::string::npos) << first.output;
  EXPECT_NE(first.output.find("9912.99999 is not in the window"), std::string::npos);
  ExpectOlder(older - 1);
  EXPECT_EQ(stack().ChangeCount(), changes + 1);

  // All that are left: each change once.
  const auto all = Reclassify({"--all-other-models"});
  EXPECT_EQ(all.exit_code, 0) << all.output;
  EXPECT_NE(all.output.find("requested " + std::to_string(older - 1) + "\n"), std::string::npos)
      << all.output;
  ExpectOlder(0);
  EXPECT_EQ(stack().ChangeCount(), changes + older);
  ExpectBalanced();

  for (const int replica : {0, 1}) {
    SCOPED_TRACE("replica " + std::to_string(replica));
    const auto after = Cards(replica);
    ASSERT_EQ(after.size(), before.size());
    std::map<std::string, std::set<std::string>> having;
    for (const auto& [id, card] : after) {
      const v1::Entry& old = before.at(id);
      const bool again = std::ranges::find(older_, id) != older_.end();
      EXPECT_EQ(Slugs(card.tags()), right_.at(id)) << id;
      EXPECT_EQ(card.tag_provenance().model(), classify::kModel) << id;
      EXPECT_EQ(card.revision().generation(), old.revision().generation() + (again ? 1 : 0)) << id;
      EXPECT_EQ(card.revision().rank(), old.revision().rank()) << id;
      EXPECT_EQ(card.summary().SerializeAsString(), old.summary().SerializeAsString()) << id;
      EXPECT_EQ(card.paper().SerializeAsString(), old.paper().SerializeAsString()) << id;
      for (const v1::Tag& tag : card.tags()) having[tag.slug()].insert(id);
    }
    EXPECT_EQ(CountedByTag(replica), CountsOf(after));
    EXPECT_NE(CountedByTag(replica), CountsOf(before));
    for (const tags::TagInfo& info : tags::Catalogue()) {
      const std::string slug(info.slug);
      EXPECT_EQ(FoundBy(replica, slug), having[slug]) << slug;
    }
    EXPECT_FALSE(FoundBy(replica, wrong).contains(one));
    const auto page = support::HttpGet(stack().http_port(replica), "/t/" + wrong);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("/p/" + one), std::string::npos) << wrong;
    const auto right_page =
        support::HttpGet(stack().http_port(replica), "/t/" + right_.at(one).front());
    EXPECT_NE(right_page.body.find("/p/" + one), std::string::npos) << right_.at(one).front();
  }

  // No summary was made, and none is left to be tagged again.
  EXPECT_EQ(stack().RecordCount(std::string(events::kNewPaper)), count_);
  EXPECT_EQ(stack().RecordCount(std::string(events::kSummarized)), count_ + older);
  const auto none = Reclassify({"--all-other-models"});
  EXPECT_EQ(none.exit_code, 0) << none.output;
  EXPECT_NE(none.output.find("requested 0\n"), std::string::npos) << none.output;

  // Redis forgets its counters, and `new-paper` never knew of these generations.
  ASSERT_TRUE(stack().redis_client().Call({"FLUSHALL"}).ok());
  support::Finished lost;
  ASSERT_TRUE(support::WaitUntil(seconds(60), [&] {
    lost = Reclassify({one});
    return lost.exit_code == 0;
  })) << lost.output;
  EXPECT_TRUE(support::WaitUntil(seconds(60), [&] {
    const auto card = stack().feed().Get(one);
    return card.ok() && card->revision().generation() == before.at(one).revision().generation() + 2;
  }));
  ExpectBalanced();
  std::printf(
      "RECLASSIFY: %d papers, %d of an older model; one, the others, and one after a loss of "
      "Redis\n",
      count_, older);
}

TEST_F(ReclassifyTest, WithoutRedisOrKafkaItSaysSoAndWhatWasRequested) {
  ServeADayOfAnOlderModel();
  const std::string nothing = "0 of " + std::to_string(older_.size()) + " papers";
  const int64_t records = stack().RecordCount(std::string(events::kSummarized));

  ASSERT_TRUE(stack().StopRedis().ok());
  const auto without_redis = Reclassify({"--all-other-models"});
  EXPECT_EQ(without_redis.exit_code, 69) << without_redis.output;
  EXPECT_NE(without_redis.output.find(nothing), std::string::npos) << without_redis.output;
  EXPECT_EQ(without_redis.output.find("no answer from"), std::string::npos) << without_redis.output;
  EXPECT_EQ(stack().RecordCount(std::string(events::kSummarized)), records);

  ASSERT_TRUE(stack().ResumeRedis().ok());
  support::Finished back;
  ASSERT_TRUE(support::WaitUntil(seconds(60), [&] {
    back = Reclassify({older_.front()});
    return back.exit_code == 0;
  })) << back.output;
  ExpectOlder(static_cast<int>(older_.size()) - 1);

  ASSERT_TRUE(stack().kafka().Stop().ok());
  const auto without_kafka = Reclassify({older_.back()});
  EXPECT_EQ(without_kafka.exit_code, 69) << without_kafka.output;
  EXPECT_NE(without_kafka.output.find("Kafka failed when 0 of 1 papers"), std::string::npos)
      << without_kafka.output;
}

}  // namespace
}  // namespace paperwire
