// SearchPapers, RelatedPapers and ListPapers by words, on the bytes that they answer.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/serve/feed.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

v1::Entry Card(const std::string& id, const std::string& announced, const std::string& title,
               const std::string& abstract, const std::vector<std::string>& tags = {"theory"}) {
  v1::Entry entry = MakeEntry(id, announced, tags);
  entry.mutable_paper()->set_title(title);
  entry.mutable_paper()->set_abstract(abstract);
  entry.mutable_summary()->clear_summary();
  entry.mutable_summary()->clear_highlights();
  return entry;
}

class FeedSearchTest : public testing::Test {
 protected:
  FeedSearchTest() : clock_(TuesdayNoon()), feed_clock_(clock_, /*data=*/false) { Load("e1"); }

  void Load(const std::string& epoch) {
    snapshots_.Swap(
        MakeSnapshot({Card("2606.00001", "2026-06-23", "Masked diffusion", "Diffusion of text."),
                      Card("2606.00002", "2026-06-22", "Graphs", "Spread by diffusion.", {"nlp"}),
                      Card("2606.00003", "2026-06-22", "Bandits", "Regret of policies."),
                      Card("2606.00004", "2026-06-10", "Too old", "Diffusion.")},
                     epoch),
        feed_clock_.Now());
  }

  template <typename Response>
  static Response Read(const absl::StatusOr<Payload>& payload) {
    Response response;
    EXPECT_TRUE(payload.ok()) << payload.status();
    EXPECT_TRUE(payload.ok() && response.ParseFromString(payload->Flat()));
    return response;
  }
  v1::SearchPapersResponse Search(const v1::SearchPapersRequest& request) {
    return Read<v1::SearchPapersResponse>(feed_.SearchPapers(request));
  }
  v1::SearchPapersResponse Search(const std::string& query) {
    v1::SearchPapersRequest request;
    request.set_query(query);
    return Search(request);
  }
  std::vector<std::string> List(const v1::ListPapersRequest& request) {
    std::vector<std::string> ids;
    const auto response = Read<v1::ListPapersResponse>(feed_.ListPapers(request));
    for (const v1::Entry& entry : response.entries()) {
      ids.push_back(entry.paper().arxiv_id());
    }
    return ids;
  }
  template <typename Response>
  static std::vector<std::string> IdsOf(const Response& response) {
    std::vector<std::string> ids;
    for (const v1::SearchResult& result : response.results()) {
      ids.push_back(result.entry().paper().arxiv_id());
    }
    return ids;
  }

  clock::FakeClock clock_;
  FeedClock feed_clock_;
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  Feed feed_{snapshots_, statuses_, feed_clock_};
};

TEST_F(FeedSearchTest, GivesCardsWithScoresAndSnippetsButNoneThatLeftTheWindow) {
  const v1::SearchPapersResponse response = Search("diffusion");

  EXPECT_THAT(IdsOf(response), ElementsAre("2606.00001", "2606.00002"));
  EXPECT_EQ(response.total_size(), 2);
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_EQ(response.suggestion(), "");
  EXPECT_GT(response.results(0).score(), response.results(1).score());
  ASSERT_EQ(response.results(0).snippets_size(), 2);
  const v1::Snippet& snippet = response.results(0).snippets(0);
  EXPECT_EQ(snippet.field(), "title");
  EXPECT_EQ(snippet.text().substr(snippet.matches(0).begin(),
                                  snippet.matches(0).end() - snippet.matches(0).begin()),
            "diffusion");
  EXPECT_EQ(response.results(0).entry().paper().title(), "Masked diffusion");
  EXPECT_EQ(response.results(0).entry().paper().abstract(), "");
}

TEST_F(FeedSearchTest, GivesWholeCardsWhenAsked) {
  v1::SearchPapersRequest request;
  request.set_query("regret");
  request.set_view(v1::ENTRY_VIEW_FULL);
  const v1::SearchPapersResponse response = Search(request);

  ASSERT_EQ(response.results_size(), 1);
  EXPECT_EQ(response.results(0).entry().SerializeAsString(),
            snapshots_.Get()->Find("2606.00003")->Message().SerializeAsString());
}

TEST_F(FeedSearchTest, TakesTagsAsFiltersDoAndTheFilterToo) {
  EXPECT_THAT(IdsOf(Search("diffusion tag:NLP")), ElementsAre("2606.00002"));
  v1::SearchPapersRequest request;
  request.set_query("diffusion");
  request.mutable_filter()->add_tags_any("theory");
  EXPECT_THAT(IdsOf(Search(request)), ElementsAre("2606.00001"));
  request.mutable_filter()->add_exclude_words("text");
  EXPECT_THAT(IdsOf(Search(request)), IsEmpty());
}

TEST_F(FeedSearchTest, SuggestsAQueryThatFindsSomething) {
  EXPECT_EQ(Search("difusion").suggestion(), "diffusion");
  EXPECT_THAT(IdsOf(Search(Search("difusion text").suggestion())), ElementsAre("2606.00001"));
  EXPECT_EQ(Search("zzzzzz").suggestion(), "");
}

TEST_F(FeedSearchTest, GoesOnPageByPage) {
  v1::SearchPapersRequest request;
  request.set_query("-regret");
  request.set_page_size(1);
  const v1::SearchPapersResponse first = Search(request);
  EXPECT_THAT(IdsOf(first), ElementsAre("2606.00001"));
  EXPECT_EQ(first.total_size(), 2);
  request.set_page_token(first.next_page_token());
  const v1::SearchPapersResponse second = Search(request);
  EXPECT_THAT(IdsOf(second), ElementsAre("2606.00002"));
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(FeedSearchTest, ATokenIsBoundToQueryFilterAndEpoch) {
  v1::SearchPapersRequest request;
  request.set_query("diffusion");
  request.set_page_size(1);
  request.set_page_token(Search(request).next_page_token());
  const auto refusal = [&](const v1::SearchPapersRequest& changed) {
    return feed_.SearchPapers(changed).status();
  };
  v1::SearchPapersRequest other_query = request;
  other_query.set_query("graphs");
  EXPECT_THAT(std::string(refusal(other_query).message()), StartsWith("page_token: "));
  v1::SearchPapersRequest other_filter = request;
  other_filter.mutable_filter()->add_tags_any("nlp");
  EXPECT_THAT(std::string(refusal(other_filter).message()), StartsWith("page_token: "));
  v1::SearchPapersRequest tampered = request;
  tampered.mutable_page_token()->at(3) ^= 1;
  EXPECT_EQ(refusal(tampered).code(), absl::StatusCode::kInvalidArgument);
  v1::SearchPapersRequest huge = request;
  huge.set_page_token(std::string(100000, 'A'));
  EXPECT_EQ(refusal(huge).code(), absl::StatusCode::kInvalidArgument);
  Load("e2");
  EXPECT_EQ(refusal(request).code(), absl::StatusCode::kOutOfRange);

  // A replica that has not heard of the token's window yet.
  Load(EpochOf(TuesdayNoon()));
  request.clear_page_token();
  request.set_page_token(Search(request).next_page_token());
  Load(EpochOf(TuesdayNoon() - std::chrono::hours(1)));
  EXPECT_EQ(refusal(request).code(), absl::StatusCode::kUnavailable);
}

// Only a card that has left in between, or a replica of another version, knew it.
TEST_F(FeedSearchTest, GoesOnThoughATagIsUnknownBySecondPage) {
  const auto load = [this](const std::string& tag) {
    snapshots_.Swap(MakeSnapshot({Card("2606.00001", "2026-06-23", "Noise", "Noise.", {tag}),
                                  Card("2606.00002", "2026-06-23", "Noise", "Noise.", {tag})}),
                    feed_clock_.Now());
  };
  load("agents");
  v1::SearchPapersRequest search;
  search.set_query("noise tag:agents");
  search.set_page_size(1);
  search.set_page_token(Search(search).next_page_token());
  v1::ListPapersRequest list;
  list.mutable_filter()->add_tags_any("agents");
  list.set_page_size(1);
  list.set_page_token(Read<v1::ListPapersResponse>(feed_.ListPapers(list)).next_page_token());
  v1::ListPapersRequest relevant = list;
  relevant.mutable_filter()->add_include_words("noise");
  relevant.set_order(v1::ENTRY_ORDER_RELEVANCE);
  relevant.clear_page_token();
  relevant.set_page_token(
      Read<v1::ListPapersResponse>(feed_.ListPapers(relevant)).next_page_token());
  ASSERT_NE(relevant.page_token(), "");

  load("nlp");

  EXPECT_THAT(IdsOf(Search(search)), IsEmpty());
  EXPECT_THAT(List(list), IsEmpty());
  EXPECT_THAT(List(relevant), IsEmpty());
  search.clear_page_token();
  EXPECT_THAT(std::string(feed_.SearchPapers(search).status().message()), StartsWith("query: "));
  list.clear_page_token();
  EXPECT_THAT(std::string(feed_.ListPapers(list).status().message()),
              StartsWith("filter.tags_any: "));
}

TEST_F(FeedSearchTest, RefusesWhatItDoesNotUnderstandByField) {
  const auto refusal = [&](const v1::SearchPapersRequest& request) {
    const absl::Status status = feed_.SearchPapers(request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  v1::SearchPapersRequest request;
  EXPECT_THAT(refusal(request), StartsWith("query: "));
  request.set_query("tag:vison");
  EXPECT_EQ(refusal(request), "query: unknown tag 'vison'; did you mean 'computer-vision'?");
  request.set_query("tag:astrology");
  EXPECT_THAT(refusal(request), HasSubstr("ListTags"));
  request.set_query("noise");
  request.set_page_size(-1);
  EXPECT_THAT(refusal(request), StartsWith("page_size: "));
  request.set_page_size(0);
  request.set_view(static_cast<v1::EntryView>(77));
  EXPECT_THAT(refusal(request), StartsWith("view: "));
  request.clear_view();
  request.mutable_filter()->set_announced_from("soon");
  EXPECT_THAT(refusal(request), StartsWith("filter.announced_from: "));
}

TEST_F(FeedSearchTest, FindsRelatedPapersButNotThePaperItself) {
  v1::RelatedPapersRequest request;
  request.set_arxiv_id("arXiv:2606.00001v2");
  const auto related = Read<v1::RelatedPapersResponse>(feed_.RelatedPapers(request));
  EXPECT_THAT(IdsOf(related), ElementsAre("2606.00002"));

  request.set_limit(-1);
  EXPECT_THAT(std::string(feed_.RelatedPapers(request).status().message()), StartsWith("limit: "));
  request.set_limit(0);
  request.set_arxiv_id("nonsense");
  EXPECT_THAT(std::string(feed_.RelatedPapers(request).status().message()),
              StartsWith("arxiv_id: "));
  for (const char* id : {"2606.00004", "2606.09999"}) {
    request.set_arxiv_id(id);
    EXPECT_EQ(feed_.RelatedPapers(request).status().code(), absl::StatusCode::kNotFound);
  }
}

TEST_F(FeedSearchTest, ListsByWordsAsASearchComparesThem) {
  v1::ListPapersRequest request;
  request.mutable_filter()->add_include_words("policy");
  request.mutable_filter()->add_include_words("spread by diffusion");
  EXPECT_THAT(List(request), ElementsAre("2606.00003", "2606.00002"));
  request.mutable_filter()->add_exclude_words("Regrets");
  EXPECT_THAT(List(request), ElementsAre("2606.00002"));
  request.mutable_filter()->clear_include_words();
  request.mutable_filter()->add_include_words("quill");
  EXPECT_THAT(List(request), IsEmpty());
  request.mutable_filter()->add_include_words("++");
  EXPECT_THAT(std::string(feed_.ListPapers(request).status().message()),
              StartsWith("filter.include_words: "));
}

TEST_F(FeedSearchTest, ListsByRelevanceToTheWords) {
  v1::ListPapersRequest request;
  request.set_order(v1::ENTRY_ORDER_RELEVANCE);
  EXPECT_EQ(std::string(feed_.ListPapers(request).status().message()),
            "order: RELEVANCE is relevance to words: filter.include_words is empty");
  request.mutable_filter()->add_include_words("spread");
  request.mutable_filter()->add_include_words("diffusion");
  EXPECT_THAT(List(request), ElementsAre("2606.00002", "2606.00001"));
  request.set_page_size(1);
  const auto first = Read<v1::ListPapersResponse>(feed_.ListPapers(request));
  EXPECT_EQ(first.total_size(), 2);
  request.set_page_token(first.next_page_token());
  EXPECT_THAT(List(request), ElementsAre("2606.00001"));
  request.set_order(v1::ENTRY_ORDER_DATE);
  EXPECT_EQ(feed_.ListPapers(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FeedSearchTest, AFilterLooksItsWordsUpForAFewEntriesOrForAll) {
  v1::EntryFilter asked;
  asked.add_include_words("diffusion");
  const SnapshotPtr snapshot = snapshots_.Get();
  auto filter = Filter::Make(asked, tags::Catalogue(), *snapshot);
  ASSERT_TRUE(filter.ok());
  const auto matching = [&] {
    std::vector<std::string> ids;
    for (const ServedEntry& entry : snapshot->entries()) {
      if (filter->Matches(entry)) ids.push_back(entry.arxiv_id());
    }
    return ids;
  };
  filter->LookUpWords(*snapshot->search());
  EXPECT_THAT(matching(), ElementsAre("2606.00001", "2606.00002", "2606.00004"));
  const std::vector<EntryPtr> few = {snapshot->Find("2606.00002"), snapshot->Find("2606.00003")};
  filter->LookUpWords(*snapshot->search(), few);
  EXPECT_THAT(matching(), ElementsAre("2606.00002"));
}

TEST_F(FeedSearchTest, FollowsTheSnapshot) {
  const SnapshotPtr before = snapshots_.Get();
  const std::vector<Gone> gone = {{.arxiv_id = "2606.00001"}};
  snapshots_.Swap(
      before->After({}, {Shared(Card("2606.00005", "2026-06-23", "New", "New diffusion."))}, gone,
                    "2026-06-23"),
      feed_clock_.Now());

  EXPECT_THAT(IdsOf(Search("diffusion")), ElementsAre("2606.00005"));
  EXPECT_EQ(snapshots_.Get()->search()->size(), snapshots_.Get()->entries().size());
}

}  // namespace
}  // namespace paperwire::serve
