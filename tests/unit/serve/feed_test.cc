// Listing, getting and what is refused, as every face gets it; without a network.
#include "services/serve/feed.h"

#include <chrono>
#include <functional>
#include <random>
#include <set>
#include <stop_token>
#include <utility>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "services/serve/error_details.h"
#include "services/serve/filter.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/feed_fixture.h"
#include "tests/unit/serve/parsed.h"

namespace paperwire::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST_F(FeedTest, WhatCanNeverBeAnsweredIsRefusedBeforeThereIsASnapshotToo) {
  const SnapshotHolder none;
  const Feed feed(none, statuses_, feed_clock_);
  EXPECT_TRUE(absl::IsUnavailable(feed.ListPapers({}).status()));
  v1::ListPapersRequest request;
  request.set_page_size(-1);
  EXPECT_THAT(Refused(feed.ListPapers(request).status()), StartsWith("page_size: "));
  request.set_page_size(1);
  request.set_order(static_cast<v1::EntryOrder>(9));
  EXPECT_THAT(Refused(feed.ListPapers(request).status()), StartsWith("order: "));
  request.set_order(v1::ENTRY_ORDER_DATE);
  request.set_view(static_cast<v1::EntryView>(9));
  EXPECT_THAT(Refused(feed.ListPapers(request).status()), StartsWith("view: "));
}

TEST_F(FeedTest, ListsWhatChangedOrLeftToWhoAsksTheSameAgain) {
  const v1::ListPapersRequest request;
  const auto titles = [&] {
    std::vector<std::string> found;
    const auto response = List(request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return found;
    for (const v1::Entry& entry : response->entries()) found.push_back(entry.paper().title());
    return found;
  };
  v1::Entry old = MakeEntry("2606.00001", "2026-06-17");
  old.mutable_paper()->set_title("old");
  v1::Entry card = MakeEntry("2606.00002", "2026-06-23");
  card.mutable_paper()->set_title("first");
  Load({old, card});
  EXPECT_THAT(titles(), ElementsAre("first", "old"));
  EXPECT_THAT(titles(), ElementsAre("first", "old"));

  card.mutable_paper()->set_title("second");
  snapshots_.Swap(snapshots_.Get()->After({.milliseconds = 2}, {ServedEntry::Make(card)}, {}, ""),
                  feed_clock_.Now());
  EXPECT_THAT(titles(), ElementsAre("second", "old"));

  // The snapshot is the same; the day is another.
  clock_.Advance(std::chrono::hours(24));
  EXPECT_THAT(titles(), ElementsAre("second"));
}

TEST_F(FeedTest, FindsAuthorsByWordsOfTheirNamesWhateverTheAccentsAndCase) {
  v1::Entry first = MakeEntry("2606.00001", "2026-06-23");
  first.mutable_paper()->mutable_authors(0)->set_name("Paul Erdős");
  first.mutable_paper()->add_authors()->set_name("Jean-Loup Quill");
  v1::Entry second = MakeEntry("2606.00002", "2026-06-23");
  second.mutable_paper()->mutable_authors(0)->set_name("Paul Quill");
  Load({first, second});
  const auto by = [this](const std::vector<std::string>& authors) {
    v1::EntryFilter filter;
    for (const std::string& author : authors) filter.add_authors(author);
    return Matching(filter);
  };

  EXPECT_THAT(by({"erdos"}), ElementsAre("2606.00001"));
  EXPECT_THAT(by({"P. ERDŐS"}), ElementsAre("2606.00001"));
  EXPECT_THAT(by({"Quill, Paul"}), ElementsAre("2606.00002"));
  EXPECT_THAT(by({"quill"}), ElementsAre("2606.00002", "2606.00001"));
  EXPECT_THAT(by({"jean quill"}), ElementsAre("2606.00001"));
  EXPECT_THAT(by({"p e", "loup"}), ElementsAre("2606.00001"));
  EXPECT_THAT(by({"q"}), ElementsAre("2606.00002", "2606.00001"));
  // Words of two authors are no name.
  EXPECT_THAT(by({"jean erdos"}), IsEmpty());
  EXPECT_THAT(by({"erd"}), IsEmpty());
}

TEST_F(FeedTest, ConditionsHoldTogether) {
  v1::Entry coded = MakeEntry("2606.00001", "2026-06-23", {"theory", "nlp"});
  coded.mutable_paper()->set_code_url("https://github.com/a/b");
  coded.mutable_paper()->add_categories("cs.CV");
  Load({coded, MakeEntry("2606.00002", "2026-06-22", {"nlp"}),
        MakeEntry("2606.00003", "2026-06-22", {"robotics"})});

  v1::EntryFilter filter;
  filter.add_tags_any("nlp");
  filter.add_tags_any("theory");
  EXPECT_THAT(Matching(filter), ElementsAre("2606.00001", "2606.00002"));
  filter.add_categories("cs.CV");
  EXPECT_THAT(Matching(filter), ElementsAre("2606.00001"));
  filter.clear_categories();
  filter.set_announced_to("2026-06-22");
  EXPECT_THAT(Matching(filter), ElementsAre("2606.00002"));
  filter.set_has_code(true);
  EXPECT_THAT(Matching(filter), IsEmpty());
  v1::EntryFilter all;
  all.add_tags_all("nlp");
  all.add_tags_all("theory");
  EXPECT_THAT(Matching(all), ElementsAre("2606.00001"));
}

TEST_F(FeedTest, AListByTagsThatFewButManifoldCardsHaveHoldsThoseOnly) {
  Load({MakeEntry("2606.00001", "2026-06-23", {"theory", "nlp"}),
        MakeEntry("2606.00002", "2026-06-22", {"theory", "nlp"}),
        MakeEntry("2606.00003", "2026-06-22", {"robotics"}),
        MakeEntry("2606.00004", "2026-06-22", {"robotics"})});
  v1::EntryFilter filter;
  filter.add_tags_any("nlp");
  filter.add_tags_any("theory");

  EXPECT_THAT(Matching(filter), ElementsAre("2606.00001", "2606.00002"));
}

TEST_F(FeedTest, AListByManyAuthorsShowsEachPaperOnceInOrder) {
  std::vector<v1::Entry> entries;
  v1::EntryFilter filter;
  std::vector<std::string> expected;
  for (int i = 0; i < 90; ++i) {
    v1::Entry entry =
        MakeEntry(fmt::format("2606.{:05}", i), fmt::format("2026-06-{}", 20 + i % 3));
    // Of three papers in a row two are by the same, and each is by two.
    entry.mutable_paper()->mutable_authors(0)->set_name(fmt::format("Ann Quill{}", i / 2));
    entry.mutable_paper()->add_authors()->set_name(fmt::format("Bo Pen{}", i / 3));
    entries.push_back(std::move(entry));
  }
  for (int i = 0; i < 9; ++i) {
    filter.add_authors(fmt::format("quill{}", 2 * i));
    filter.add_authors(fmt::format("B. Pen{}", i));
  }
  Load(entries);
  for (const ServedEntry& entry : snapshots_.Get()->entries()) {
    const int number = std::stoi(entry.arxiv_id().substr(5));
    const bool quill = number / 2 % 2 == 0 && number / 2 <= 16;
    if (quill || number / 3 <= 8) expected.push_back(entry.arxiv_id());
  }
  ASSERT_GT(expected.size(), 20U);

  v1::ListPapersRequest request;
  *request.mutable_filter() = filter;
  request.set_page_size(200);
  std::vector<std::string> shown;
  const auto response = List(request);
  ASSERT_TRUE(response.ok()) << response.status();
  for (const v1::Entry& entry : response->entries()) shown.push_back(entry.paper().arxiv_id());
  EXPECT_EQ(shown, expected);
}

// A window that moves under a reader who pages through it: what was there all along comes exactly
// once, whatever came, went or changed beside it.
TEST_F(FeedTest, PagesShowWhatWasThereAllAlongExactlyOnceThoughTheWindowMoves) {
  const std::vector<std::string> tags = {"theory", "nlp", "robotics"};
  std::vector<v1::EntryFilter> filters(5);
  filters[1].add_tags_any("nlp");
  filters[2].add_tags_any("nlp");
  filters[2].add_tags_any("robotics");
  filters[3].add_authors("quill");
  filters[3].add_keywords("noise");
  filters[4].set_announced_from("2026-06-19");
  filters[4].set_announced_to("2026-06-21");
  for (const uint32_t seed : {1u, 2u, 3u}) {
    for (const v1::EntryFilter& filter : filters) {
      SCOPED_TRACE(fmt::format("{} {}", seed, filter.ShortDebugString()));
      std::mt19937 random(seed);
      uint64_t cursor = 0;
      const auto make = [&](uint32_t number) {
        v1::Entry entry =
            MakeEntry(fmt::format("2606.{:05}", number), fmt::format("2026-06-{}", 17 + number % 7),
                      {tags[random() % tags.size()]});
        if (random() % 2 == 0) entry.mutable_summary()->add_keywords("gradient noise");
        ++cursor;
        return ServedEntry::Make(entry, At(cursor), At(cursor));
      };
      std::vector<EntryPtr> entries;
      for (uint32_t number = 0; number < 400; number += 2) entries.push_back(make(number));
      auto snapshot =
          std::make_shared<const Snapshot>("e1", At(0), entries, std::vector<Gone>(), "");
      // Those whose number is a multiple of four are left alone.
      std::vector<std::string> expected;
      const auto checked = Filter::Make(filter, tags::Catalogue(), *snapshot);
      ASSERT_TRUE(checked.ok()) << checked.status();
      for (const ServedEntry& entry : snapshot->entries()) {
        const int number = std::stoi(entry.arxiv_id().substr(5));
        if (number % 4 == 0 && checked->Matches(entry)) expected.push_back(entry.arxiv_id());
      }
      ASSERT_FALSE(expected.empty());

      std::vector<std::string> stayed;
      std::set<std::string> seen;
      v1::ListPapersRequest request;
      *request.mutable_filter() = filter;
      request.set_page_size(static_cast<int>(1 + random() % 15));
      while (true) {
        snapshots_.Swap(snapshot, feed_clock_.Now());
        const auto page = List(request);
        ASSERT_TRUE(page.ok()) << page.status();
        for (const v1::Entry& entry : page->entries()) {
          const std::string& id = entry.paper().arxiv_id();
          ASSERT_TRUE(seen.insert(id).second) << id << " came twice";
          if (std::stoi(id.substr(5)) % 4 == 0) stayed.push_back(id);
        }
        if (page->next_page_token().empty()) break;
        request.set_page_token(page->next_page_token());
        std::map<std::string, EntryPtr> changed;
        std::vector<Gone> gone;
        for (int i = 0; i < 20; ++i) {
          const auto number = static_cast<uint32_t>(random() % 400);
          if (number % 4 == 0) continue;
          EntryPtr entry = make(number);
          changed[entry->arxiv_id()] = std::move(entry);
        }
        std::vector<EntryPtr> updates;
        for (auto& [id, entry] : changed) {
          if (random() % 3 == 0) {
            gone.push_back({.arxiv_id = id, .announced = "2026-06-23", .changed = At(++cursor)});
          } else {
            updates.push_back(entry);
          }
        }
        snapshot = snapshot->After(At(++cursor), updates, gone, "");
      }
      EXPECT_EQ(stayed, expected);
    }
  }
}

TEST_F(FeedTest, AHugePageIsCutAndAnUnsetOneIsTwenty) {
  std::vector<v1::Entry> entries;
  for (int i = 0; i < 250; ++i) {
    entries.push_back(MakeEntry(fmt::format("2606.{:05}", i), "2026-06-23"));
  }
  Load(entries);
  v1::ListPapersRequest request;
  EXPECT_EQ(List(request)->entries_size(), 20);
  request.set_page_size(std::numeric_limits<int32_t>::max());
  EXPECT_EQ(List(request)->entries_size(), 200);
  EXPECT_EQ(List(request)->total_size(), 250);
}

TEST_F(FeedTest, RefusesAListingThatIsNotClearAndNamesTheField) {
  const auto refused = [this](const auto& change) {
    v1::ListPapersRequest request;
    change(request);
    return Refused(feed_.ListPapers(request).status());
  };
  using Request = v1::ListPapersRequest;
  const std::string long_word(10'000, 'x');

  EXPECT_THAT(refused([](Request& r) { r.set_page_size(-1); }), StartsWith("page_size: "));
  EXPECT_THAT(refused([](Request& r) { r.set_view(static_cast<v1::EntryView>(9)); }),
              StartsWith("view: 9"));
  EXPECT_THAT(refused([](Request& r) { r.set_order(static_cast<v1::EntryOrder>(-4)); }),
              StartsWith("order: -4"));
  for (const std::string& date : {std::string("yesterday"), std::string("2026-02-30"), long_word}) {
    EXPECT_THAT(refused([&](Request& r) { r.mutable_filter()->set_announced_from(date); }),
                StartsWith("filter.announced_from: "));
    EXPECT_THAT(refused([&](Request& r) { r.mutable_filter()->set_announced_to(date); }),
                StartsWith("filter.announced_to: "));
  }
  EXPECT_THAT(refused([](Request& r) {
                r.mutable_filter()->set_announced_from("2026-06-23");
                r.mutable_filter()->set_announced_to("2026-06-22");
              }),
              StartsWith("filter.announced_to: "));
  EXPECT_THAT(refused([](Request& r) {
                r.mutable_filter()->mutable_revised_since()->set_seconds(1LL << 50);
              }),
              StartsWith("filter.revised_since: "));
  EXPECT_THAT(
      refused([](Request& r) { r.mutable_filter()->mutable_revised_since()->set_nanos(-1); }),
      StartsWith("filter.revised_since: "));

  const std::vector<std::pair<std::string, std::string* (*)(v1::EntryFilter&)>> words = {
      {"tags_any", [](v1::EntryFilter& f) { return f.add_tags_any(); }},
      {"tags_all", [](v1::EntryFilter& f) { return f.add_tags_all(); }},
      {"categories", [](v1::EntryFilter& f) { return f.add_categories(); }},
      {"primary_categories", [](v1::EntryFilter& f) { return f.add_primary_categories(); }},
      {"keywords", [](v1::EntryFilter& f) { return f.add_keywords(); }},
      {"authors", [](v1::EntryFilter& f) { return f.add_authors(); }},
      {"include_words", [](v1::EntryFilter& f) { return f.add_include_words(); }},
      {"exclude_words", [](v1::EntryFilter& f) { return f.add_exclude_words(); }}};
  for (const auto& [field, add] : words) {
    for (const std::string& word : {std::string(), std::string("  "), long_word}) {
      EXPECT_THAT(
          refused([&, &add_word = add](Request& r) { *add_word(*r.mutable_filter()) = word; }),
          StartsWith("filter." + field + ": "))
          << word.size();
    }
    EXPECT_THAT(refused([&, &add_word = add](Request& r) {
                  for (int i = 0; i < 51; ++i) *add_word(*r.mutable_filter()) = "nlp";
                }),
                StartsWith("filter." + field + ": "));
  }
  EXPECT_THAT(refused([](Request& r) { r.mutable_filter()->add_tags_any("no-such-tag"); }),
              StartsWith("filter.tags_any: "));
  // Each may be there, but not so many together.
  std::string row;
  for (int i = 0; i < 50; ++i) row += "a1 ";
  using Add = void (*)(v1::EntryFilter&, const std::string&);
  const Add add_author = [](v1::EntryFilter& f, const std::string& name) { f.add_authors(name); };
  const Add add_words = [](v1::EntryFilter& f, const std::string& text) {
    f.include_words_size() < 3 ? f.add_include_words(text) : f.add_exclude_words(text);
  };
  for (const auto& [field, add] :
       {std::pair("authors", add_author), std::pair("exclude_words", add_words)}) {
    const auto refusal = [&, &add_row = add](int rows) {
      return refused([&](Request& r) {
        for (int i = 0; i < rows; ++i) add_row(*r.mutable_filter(), row);
      });
    };
    EXPECT_THAT(refusal(4), StartsWith("not refused: OK"));
    EXPECT_THAT(refusal(5), StartsWith(std::string("filter.") + field + ": "));
  }
  for (const char* field : {"keywords", "authors"}) {
    EXPECT_THAT(refused([&](Request& r) {
                  *(std::string(field) == "authors" ? r.mutable_filter()->add_authors()
                                                    : r.mutable_filter()->add_keywords()) = "-.-";
                }),
                StartsWith(std::string("filter.") + field));
  }
}

TEST_F(FeedTest, RefusesATokenThatIsNotOfThisListing) {
  Load({MakeEntry("2606.00001", "2026-06-23"), MakeEntry("2606.00002", "2026-06-23")});
  v1::ListPapersRequest request;
  request.set_page_size(1);
  const std::string token = List(request)->next_page_token();
  ASSERT_NE(token, "");
  const auto with = [&](const std::string& text) {
    request.set_page_token(text);
    return Refused(feed_.ListPapers(request).status());
  };
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(with(changed), StartsWith("page_token: ")) << i;
  }
  EXPECT_THAT(with("x"), StartsWith("page_token: "));
  EXPECT_THAT(with(std::string(100'000, 'A')), StartsWith("page_token: "));
  EXPECT_THAT(with(token.substr(0, token.size() - 4)), StartsWith("page_token: "));

  request.set_page_token(token);
  request.mutable_filter()->set_announced_from("2026-06-20");
  EXPECT_THAT(Refused(feed_.ListPapers(request).status()), StartsWith("page_token: "));
  request.clear_filter();
  // View and size may change under way.
  request.set_view(v1::ENTRY_VIEW_FULL);
  request.set_page_size(7);
  EXPECT_TRUE(List(request).ok());

  Load({MakeEntry("2606.00001", "2026-06-23")}, "e2");
  EXPECT_TRUE(absl::IsOutOfRange(feed_.ListPapers(request).status()));

  // A replica that has not heard of the token's window yet.
  const std::vector<v1::Entry> entries = {MakeEntry("2606.00001", "2026-06-23"),
                                          MakeEntry("2606.00002", "2026-06-23")};
  Load(entries, EpochOf(TuesdayNoon()));
  request.clear_page_token();
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  Load(entries, EpochOf(TuesdayNoon() - std::chrono::hours(1)));
  const absl::Status behind = feed_.ListPapers(request).status();
  EXPECT_TRUE(absl::IsUnavailable(behind)) << behind;
  EXPECT_EQ(RetryDelay(behind), absl::Seconds(1));
}

// Calls back, once, who asks what time it is.
class TellingClock final : public clock::Clock {
 public:
  explicit TellingClock(const clock::Clock& time) : time_(time) {}
  clock::WallTime Now() const override {
    if (asked) std::exchange(asked, nullptr)();
    return time_.Now();
  }
  clock::SteadyTime SteadyNow() const override { return time_.SteadyNow(); }
  bool SleepFor(std::chrono::milliseconds duration, std::stop_token stop) const override {
    return time_.SleepFor(duration, stop);
  }
  mutable std::function<void()> asked;

 private:
  const clock::Clock& time_;
};

TEST_F(FeedTest, ATokenOfTheWindowThatIsLoadedWhileItIsReadIsNotLost) {
  const std::vector<v1::Entry> entries = {MakeEntry("2606.00001", "2026-06-23"),
                                          MakeEntry("2606.00002", "2026-06-23")};
  // To read it again took so long.
  const std::string newer = EpochOf(TuesdayNoon() - std::chrono::minutes(5));
  Load(entries, newer);
  v1::ListPapersRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  Load(entries, EpochOf(TuesdayNoon() - std::chrono::hours(1)));

  TellingClock clock(clock_);
  const FeedClock feed_clock(clock, /*data=*/false);
  const Feed feed(snapshots_, statuses_, feed_clock);
  clock.asked = [&] { Load(entries, newer); };
  const absl::Status behind = feed.ListPapers(request).status();

  EXPECT_EQ(clock.asked, nullptr);
  EXPECT_TRUE(absl::IsUnavailable(behind)) << behind;
  EXPECT_TRUE(feed.ListPapers(request).ok());
}

}  // namespace
}  // namespace paperwire::serve
