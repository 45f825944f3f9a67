#include "services/serve/search/index.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/serve/search/cards.h"

namespace paperwire::serve::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Papers of few words, so that they share them.
class Inventor {
 public:
  explicit Inventor(uint32_t seed) : random_(seed) {}

  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

  std::string Words(uint32_t most) {
    static const std::vector<std::string> kWords = {
        "noise",  "graph", "fine-tuning", "policy",    "policies", "diffusion", "large", "language",
        "models", "the",   "self-play",   "$k$-means", "bound",    "Bayes",     "GRPO",  "of"};
    std::string text;
    for (uint32_t count = Below(most) + 1; count > 0; --count) {
      text += kWords[Below(static_cast<uint32_t>(kWords.size()))] + " ";
    }
    return text;
  }

  v1::Entry Paper(uint32_t number) {
    return MessageOf({.id = "2606." + std::to_string(10000 + number),
                      .title = Words(6),
                      .abstract = Words(60),
                      .authors = {"Ada Quill", Below(2) == 0 ? "Bo An" : "Jane Doe"},
                      .announced = "2026-06-2" + std::to_string(Below(5)),
                      .tags = {Below(2) == 0 ? "nlp" : "theory"},
                      .keywords = {Words(2)},
                      .highlights = {Words(9), Words(9)},
                      .summary = Words(40)});
  }

 private:
  std::mt19937 random_;
};

// Everything that a reader could tell two indexes apart by.
std::vector<std::string> Answers(const IndexPtr& index) {
  std::vector<std::string> answers;
  for (const char* text :
       {"noise", "large language", "\"large language models\"", "policies -noise", "fine-tuning",
        "di*", "po* -tag:nlp", "author:\"an bo\"", "tag:theory date:2026-06-21..2026-06-23",
        "k-means bound", "-graph", "cat:cs", "self-play title:bayes"}) {
    Options options;
    options.limit = 30;
    const Results results = Search(*index, *ParseQuery(text, ReadSlug), options);
    std::string answer = text + (": " + std::to_string(results.total));
    for (const Hit& hit : results.hits) {
      answer += " " + IdOf(*index, hit) + "=" + std::to_string(hit.score);
    }
    answers.push_back(answer);
  }
  return answers;
}

TEST(Index, OfNothingFindsNothing) {
  EXPECT_THAT(Find(Index::Empty(), "noise"), IsEmpty());
  EXPECT_THAT(Find(Index::Empty(), "-noise"), IsEmpty());
  EXPECT_THAT(Find(Index::Empty(), "no*"), IsEmpty());
  const std::vector<std::string> removed = {"2606.00001"};
  EXPECT_EQ(Index::Empty()->After({}, removed)->size(), 0);
}

TEST(Index, TakesWhatChangedAndForgetsWhatWas) {
  const IndexPtr before = IndexOf({{.id = "2606.00001", .title = "Old noise"}});
  const IndexPtr after = Put(before, {MessageOf({.id = "2606.00001", .title = "New noise"})});

  EXPECT_EQ(after->size(), 1);
  EXPECT_THAT(Find(after, "old"), IsEmpty());
  EXPECT_THAT(Find(after, "new"), ElementsAre("2606.00001"));
  EXPECT_THAT(Find(before, "old"), ElementsAre("2606.00001"));
}

TEST(Index, OfTwoChangesOfOnePaperTakesTheLast) {
  const IndexPtr index = Put(Index::Empty(), {MessageOf({.id = "2606.00001", .title = "First"}),
                                              MessageOf({.id = "2606.00001", .title = "Second"})});

  EXPECT_EQ(index->size(), 1);
  EXPECT_THAT(Find(index, "first"), IsEmpty());
  EXPECT_THAT(Find(index, "second"), ElementsAre("2606.00001"));
}

TEST(Index, ForgetsWhatWasRemovedButNotWhatCameBackWithIt) {
  const IndexPtr index = IndexOf({{.id = "2606.00001"}, {.id = "2606.00002"}});

  EXPECT_THAT(Find(Put(index, {}, {"2606.00002", "2606.09999"}), "nothing"),
              ElementsAre("2606.00001"));
  EXPECT_EQ(Put(index, {MessageOf({.id = "2606.00002"})}, {"2606.00002"})->size(), 2);
}

TEST(Index, AfterManyChangesAnswersAsOneBuiltAnew) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    Inventor inventor(seed);
    std::map<std::string, v1::Entry> held;
    IndexPtr index = Index::Empty();
    for (int change = 0; change < 60; ++change) {
      std::vector<v1::Entry> upserts;
      for (uint32_t count = inventor.Below(8); count > 0; --count) {
        upserts.push_back(inventor.Paper(inventor.Below(150)));
      }
      std::vector<std::string> removed;
      for (uint32_t count = inventor.Below(4); count > 0; --count) {
        removed.push_back("2606." + std::to_string(10000 + inventor.Below(150)));
      }
      index = Put(index, upserts, removed);
      for (const std::string& id : removed) held.erase(id);
      for (const v1::Entry& entry : upserts) held[entry.paper().arxiv_id()] = entry;
    }
    std::vector<v1::Entry> all;
    for (const auto& [id, entry] : held) all.push_back(entry);

    EXPECT_EQ(index->size(), held.size());
    EXPECT_EQ(Answers(index), Answers(Put(Index::Empty(), all))) << "seed " << seed;
  }
}

TEST(Index, OfManyChangesIsOfFewSegments) {
  Inventor inventor(7);
  IndexPtr index = Index::Empty();
  for (uint32_t number = 0; number < 600; ++number) index = Put(index, {inventor.Paper(number)});

  EXPECT_EQ(index->size(), 600);
  EXPECT_LE(index->parts().size(), 11);
}

TEST(Index, SharesWhatDidNotChange) {
  Inventor inventor(7);
  std::vector<v1::Entry> many;
  for (uint32_t number = 0; number < 300; ++number) many.push_back(inventor.Paper(number));
  const IndexPtr before = Put(Index::Empty(), many);
  const IndexPtr after = Put(before, {inventor.Paper(3)}, {"2606.10004"});

  EXPECT_EQ(after->parts().front().segment, before->parts().front().segment);
  EXPECT_EQ(after->size(), 299);
}

TEST(Index, WritesASegmentAnewWhenMuchOfItIsDead) {
  Inventor inventor(7);
  std::vector<v1::Entry> many;
  for (uint32_t number = 0; number < 300; ++number) many.push_back(inventor.Paper(number));
  IndexPtr index = Put(Index::Empty(), many);
  const size_t full = index->bytes();
  std::vector<std::string> removed;
  for (uint32_t number = 0; number < 270; ++number) {
    removed.push_back("2606." + std::to_string(10000 + number));
  }
  index = Put(index, {}, removed);

  EXPECT_EQ(index->size(), 30);
  EXPECT_LT(index->bytes(), full / 4);
}

TEST(Lengths, AreRoundedWithinATwelfthAndGrow) {
  uint32_t before = 0;
  for (uint32_t words = 0; words < 60000; ++words) {
    const uint32_t rounded = LengthOf(RoundedLength(words));
    EXPECT_LE(rounded, words);
    EXPECT_GE(rounded, before);
    EXPECT_LE(words - rounded, words / 12);
    before = rounded;
  }
}

}  // namespace
}  // namespace paperwire::serve::search
