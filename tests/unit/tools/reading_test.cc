// list, search, related: what they ask for, and what they make of the answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/util/json_util.h"
#include "tests/unit/tools/fake_feed.h"
#include "tests/unit/tools/run_paperwire.h"

namespace paperwire::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Entry Card(const std::string& id, const std::string& title) {
  v1::Entry entry;
  entry.mutable_paper()->set_arxiv_id(id);
  entry.mutable_paper()->set_announced("2026-06-09");
  entry.mutable_paper()->set_title(title);
  entry.add_tags()->set_name("Efficient ML");
  entry.add_tags()->set_name("Theory");
  return entry;
}

class ReadingTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "SKIPPED: gRPC is not built for the thread sanitizer";
#endif
  }

  Ran Run(std::vector<std::string> words, const Place& place = {}) {
    words.insert(words.begin() + 1, {"--server", feed_.address()});
    return RunPaperwire(words, place);
  }

  static v1::SearchPapersResponse Found() {
    v1::SearchPapersResponse found;
    v1::SearchResult* result = found.add_results();
    *result->mutable_entry() = Card("2606.00001", "Sparse Gates");
    result->set_score(12.5);
    v1::Snippet* snippet = result->add_snippets();
    snippet->set_field("title");
    snippet->set_text("Sparse Gates");
    snippet = result->add_snippets();
    snippet->set_field("abstract");
    snippet->set_text("We prune sparse gates.");
    snippet->add_matches()->set_begin(9);
    snippet->mutable_matches(0)->set_end(15);
    found.set_total_size(1);
    return found;
  }

  FakeFeed feed_;
};

TEST_F(ReadingTest, ListShowsATableThatFitsTheTerminal) {
  feed_.Change([](FakeFeed::Answers& answers) {
    *answers.list.add_entries() = Card("2606.00001", "Sparse Gates of Large Models");
    *answers.list.add_entries() = Card("2606.00002", "Bounds");
    answers.list.set_total_size(40);
  });
  EXPECT_EQ(Run({"list", "--color", "never"}, {.terminal = true, .columns = 80}).out,
            "announced   id          tags                  title\n"
            "2026-06-09  2606.00001  Efficient ML, Theory  Sparse Gates of Large Models\n"
            "2026-06-09  2606.00002  Efficient ML, Theory  Bounds\n"
            "2 of 40 cards\n");
  EXPECT_EQ(Run({"list", "--color", "never"}, {.terminal = true, .columns = 40}).out,
            "id          title\n"
            "2606.00001  Sparse Gates of Large Models\n"
            "2606.00002  Bounds\n"
            "2 of 40 cards\n");
  EXPECT_EQ(Run({"list"}).out,
            "2026-06-09\t2606.00001\tEfficient ML, Theory\tSparse Gates of Large Models\n"
            "2026-06-09\t2606.00002\tEfficient ML, Theory\tBounds\n");
}

TEST_F(ReadingTest, ListPassesEveryFilterOn) {
  EXPECT_EQ(Run({"list",       "--from",     "2026-06-08",
                 "--to",       "2026-06-09", "--tag",
                 "nlp",        "--all-tags", "theory,llm",
                 "--category", "cs.LG",      "--primary-category",
                 "stat.ML",    "--keyword",  "gates",
                 "--word",     "sparse",     "--not-word",
                 "survey",     "--author",   "Ana Erdős,b. quill",
                 "--code",     "--order",    "relevance",
                 "--view",     "full"})
                .code,
            kExitOk);
  const v1::ListPapersRequest asked = feed_.answers().listed.back();
  EXPECT_EQ(asked.filter().announced_from(), "2026-06-08");
  EXPECT_EQ(asked.filter().announced_to(), "2026-06-09");
  EXPECT_THAT(asked.filter().tags_any(), ElementsAre("nlp"));
  EXPECT_THAT(asked.filter().tags_all(), ElementsAre("theory", "llm"));
  EXPECT_THAT(asked.filter().categories(), ElementsAre("cs.LG"));
  EXPECT_THAT(asked.filter().primary_categories(), ElementsAre("stat.ML"));
  EXPECT_THAT(asked.filter().keywords(), ElementsAre("gates"));
  EXPECT_THAT(asked.filter().authors(), ElementsAre("Ana Erdős", "b. quill"));
  EXPECT_THAT(asked.filter().include_words(), ElementsAre("sparse"));
  EXPECT_THAT(asked.filter().exclude_words(), ElementsAre("survey"));
  EXPECT_TRUE(asked.filter().has_code());
  EXPECT_EQ(asked.order(), v1::ENTRY_ORDER_RELEVANCE);
  EXPECT_EQ(asked.view(), v1::ENTRY_VIEW_FULL);
  EXPECT_EQ(Run({"list", "--date", "2026-06-08", "--from", "2026-06-08"}).code, kExitUsage);
  EXPECT_EQ(Run({"list", "--order", "size"}).code, 78);
}

TEST_F(ReadingTest, ListWalksAllPagesWhenItIsToldTo) {
  feed_.Change([](FakeFeed::Answers& answers) {
    *answers.list.add_entries() = Card("2606.00001", "One");
    answers.list.set_next_page_token("next");
    answers.pages = 3;
  });
  EXPECT_EQ(Run({"list", "--all-pages", "--limit", "1"}).out,
            "2026-06-09\t2606.00001\tEfficient ML, Theory\tOne\n"
            "2026-06-09\t2606.00001\tEfficient ML, Theory\tOne\n"
            "2026-06-09\t2606.00001\tEfficient ML, Theory\tOne\n");
  EXPECT_EQ(feed_.answers().listed.back().page_token(), "next");
}

TEST_F(ReadingTest, SearchShowsWhereTheWordsStand) {
  feed_.Change([](FakeFeed::Answers& answers) { answers.search = Found(); });
  const Ran ran =
      Run({"search", "sparse", "gates", "--color", "never"}, {.terminal = true, .columns = 80});
  EXPECT_EQ(ran.out,
            "score  announced   id          tags                  title\n"
            "12.50  2026-06-09  2606.00001  Efficient ML, Theory  Sparse Gates\n"
            "    We prune sparse gates.\n"
            "1 of 1 papers found\n");
  EXPECT_EQ(feed_.answers().searched.back().query(), "sparse gates");
  EXPECT_THAT(Run({"search", "sparse", "--color", "always"}, {.terminal = true}).out,
              HasSubstr("\x1b[1;33msparse\x1b[0m"));
  EXPECT_EQ(Run({"search", "sparse"}).out,
            "12.50\t2026-06-09\t2606.00001\tEfficient ML, Theory\tSparse Gates\n");
}

TEST_F(ReadingTest, SearchGivesProgramsOneResultALine) {
  feed_.Change([](FakeFeed::Answers& answers) { answers.search = Found(); });
  const Ran ran = Run({"search", "--json", "sparse"});
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 1);
  v1::SearchResult result;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ran.out, &result).ok()) << ran.out;
  EXPECT_EQ(result.SerializeAsString(), Found().results(0).SerializeAsString());
}

TEST_F(ReadingTest, SearchTakesAnAuthorAndAQueryThatBeginsWithAMinus) {
  feed_.Change([](FakeFeed::Answers& answers) { answers.search = Found(); });
  Run({"search", "--author", "Ana \"Erdős\"", "--tag", "nlp", "--", "-survey", "gates"});
  EXPECT_EQ(feed_.answers().searched.back().query(), "-survey gates author:\"Ana  Erdős \"");
  EXPECT_THAT(feed_.answers().searched.back().filter().tags_any(), ElementsAre("nlp"));
  Run({"search", "--author", "Erdős"});
  EXPECT_EQ(feed_.answers().searched.back().query(), "author:\"Erdős\"");
  EXPECT_EQ(Run({"search"}).code, kExitUsage);
}

TEST_F(ReadingTest, SearchSaysWhatMayHaveBeenMeant) {
  feed_.Change([](FakeFeed::Answers& answers) { answers.search.set_suggestion("sparse gates"); });
  const Ran ran = Run({"search", "sprase gates"});
  EXPECT_EQ(ran.code, kExitNegative);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "paperwire: nothing found; did you mean: sparse gates\n");
}

TEST_F(ReadingTest, RelatedAsksForOnePaperAndShowsWhatResemblesIt) {
  feed_.Change(
      [](FakeFeed::Answers& answers) { *answers.related.mutable_results() = Found().results(); });
  const Ran ran = Run({"related", "2606.00009", "--limit", "7"});
  EXPECT_EQ(ran.code, kExitOk);
  EXPECT_THAT(ran.out, HasSubstr("2606.00001"));
  EXPECT_EQ(feed_.answers().related_to.back().arxiv_id(), "2606.00009");
  EXPECT_EQ(feed_.answers().related_to.back().limit(), 7);
  EXPECT_EQ(Run({"related"}).code, kExitUsage);
  EXPECT_EQ(Run({"related", "2606.00009", "--limit", "21"}).code, 78);
}

TEST_F(ReadingTest, LedgerShowsItsDaysAndSaysWhetherTheyBalance) {
  feed_.Change([](FakeFeed::Answers& answers) {
    v1::LedgerDay* day = answers.status.add_days();
    day->set_announced("2026-06-09");
    day->set_declared(2);
    day->set_served(2);
    day->set_balanced(true);
    *answers.status.add_days() = *day;
    answers.status.mutable_days(1)->set_announced("2026-06-08");
    answers.status.mutable_days(1)->set_balanced(false);
  });
  EXPECT_EQ(Run({"ledger", "--date", "2026-06-09"}).out,
            "2026-06-09\t2\t0\t0\t0\t2\t0\t0\t0\t0\tbalances\n");
  EXPECT_EQ(Run({"ledger", "--date", "2026-06-09", "--check"}).code, kExitOk);
  EXPECT_EQ(Run({"ledger", "--check"}).code, kExitNegative);
  EXPECT_EQ(Run({"ledger", "--date", "2026-06-01"}).code, kExitNegative);
  const Ran json = Run({"ledger", "--json"});
  EXPECT_EQ(std::count(json.out.begin(), json.out.end(), '\n'), 2);
  EXPECT_THAT(json.out, HasSubstr("{\"announced\":\"2026-06-09\",\"declared\":2,"));
  EXPECT_EQ(Run({"ledger", "--watch", "--check"}).code, kExitUsage);
  EXPECT_EQ(Run({"status", "--watch", "--settled", "1s"}).code, kExitUsage);
}

TEST_F(ReadingTest, NoColourReachesWhatIsNoTerminal) {
  unsetenv("NO_COLOR");
  feed_.Change([](FakeFeed::Answers& answers) { answers.search = Found(); });
  EXPECT_THAT(Run({"search", "sparse"}).out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(Run({"search", "sparse"}, {.terminal = true}).out, HasSubstr("\x1b"));
  EXPECT_THAT(Run({"search", "sparse", "--color", "never"}, {.terminal = true}).out,
              Not(HasSubstr("\x1b")));
  setenv("NO_COLOR", "1", /*overwrite=*/1);
  EXPECT_THAT(Run({"search", "sparse"}, {.terminal = true}).out, Not(HasSubstr("\x1b")));
  unsetenv("NO_COLOR");
}

}  // namespace
}  // namespace paperwire::cli
