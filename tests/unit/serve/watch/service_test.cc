// Streams over a real gRPC server.
#include "services/serve/watch/service.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"
#include "services/serve/feed_service.h"
#include "tests/support/wait.h"
#include "tests/unit/serve/served_test.h"
#include "tests/unit/serve/watch/changes.h"

namespace paperwire::serve::watch {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kEpoch[] = "0197a3c40000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr char kLaterEpoch[] = "0197a3c40001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

class WatchServiceTest : public ServedTest<v1::FeedService> {
 protected:
  // One call of WatchPapers, read message by message.
  class Reading {
   public:
    Reading(v1::FeedService::Stub& stub, const v1::WatchPapersRequest& request)
        : request_(request) {
      // None is ever waited for so long.
      context_.set_deadline(
          absl::ToChronoTime(absl::FromChrono(clock::SystemClock().Now()) + absl::Minutes(1)));
      reader_ = stub.WatchPapers(&context_, request);
    }

    // "2606.00001" for a card, "-2606.00001" for a removal, "live" and "beat" for heartbeats.
    std::string Next() {
      if (!reader_->Read(&last_)) return "end";
      request_.set_resume_token(last_.resume_token());
      if (last_.has_entry()) return last_.entry().paper().arxiv_id();
      if (last_.has_heartbeat()) return last_.heartbeat().live() ? "live" : "beat";
      return "-" + last_.removed_id();
    }
    std::vector<std::string> Next(int count) {
      std::vector<std::string> told;
      for (int i = 0; i < count; ++i) told.push_back(Next());
      return told;
    }
    grpc::Status End() {
      while (Next() != "end") {
      }
      return reader_->Finish();
    }
    void Cancel() { context_.TryCancel(); }

    const v1::WatchPapersResponse& last() const { return last_; }
    // What was asked, with the last token.
    const v1::WatchPapersRequest& request() const { return request_; }

   private:
    v1::WatchPapersRequest request_;
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReader<v1::WatchPapersResponse>> reader_;
    v1::WatchPapersResponse last_;
  };

  WatchServiceTest()
      : clock_(TuesdayNoon()),
        feed_clock_(clock_, /*data=*/false),
        requests_(registry_),
        feed_(snapshots_, statuses_, feed_clock_),
        methods_(feed_) {
    Restart({});
  }

  grpc::Service& service() override { return *service_; }

  void Restart(Streams::Options options) {
    service_.reset();
    watches_.emplace(options, Service::Parts{.snapshots = snapshots_,
                                             .statuses = statuses_,
                                             .feed = feed_,
                                             .clock = clock_,
                                             .slots = slots_,
                                             .registry = registry_});
    service_.emplace(methods_, gate_, requests_, &*watches_);
  }
  void Swap(uint64_t cursor, std::vector<EntryPtr> entries, const std::vector<Gone>& gone = {},
            const std::string& epoch = kEpoch) {
    snapshots_.Swap(SnapshotAt(cursor, std::move(entries), gone, epoch, oldest_),
                    feed_clock_.Now());
  }
  static v1::WatchPapersRequest FromTheWeek() {
    v1::WatchPapersRequest request;
    request.set_announced_from("2026-06-17");
    return request;
  }
  grpc::Status Refusal(const v1::WatchPapersRequest& request) {
    return Reading(*stub_, request).End();
  }
  // Becomes true by itself.
  template <typename Condition>
  static bool Soon(Condition&& condition) {
    return support::WaitUntil(seconds(20), condition, std::chrono::milliseconds(5));
  }
  std::string Metrics() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }
  bool Shows(const std::string& line) const {
    return ("\n" + Metrics()).find("\n" + line + "\n") != std::string::npos;
  }

  clock::FakeClock clock_;
  FeedClock feed_clock_;
  std::string oldest_ = "2026-06-17";
  prometheus::Registry registry_;
  RequestCounter requests_;
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  Feed feed_;
  FeedMethods methods_;
  access::StreamSlots slots_{{.total = 50, .per_key = 3}};
  Gate gate_{{}, clock_, registry_};
  std::optional<Service> watches_;
  std::optional<FeedService> service_;
};

TEST_F(WatchServiceTest, AClockThatIsAheadHasNobodyDropACardOrMissOne) {
  Swap(3, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 3, 3)});
  Reading reading(*stub_, FromTheWeek());
  EXPECT_THAT(reading.Next(3), ElementsAre("2606.00001", "2606.00002", "live"));

  const v1::WatchPapersRequest request = reading.request();
  reading.Cancel();
  reading.End();

  clock_.Advance(std::chrono::hours(24 * 10));
  Swap(5, {CardAt("2606.00002", 3, 4), CardAt("2606.00003", 5, 5)});
  Reading resumed(*stub_, request);
  EXPECT_THAT(resumed.Next(3), ElementsAre("2606.00002", "2606.00003", "live"));
  EXPECT_EQ(resumed.last().heartbeat().window_from(), "2026-06-17");
  Reading late(*stub_, FromTheWeek());
  EXPECT_THAT(late.Next(3), ElementsAre("2606.00002", "2606.00003", "live"));
  EXPECT_EQ(late.last().heartbeat().window_from(), "2026-06-17");
}

TEST_F(WatchServiceTest, FromADateTellsWhatThereIsThenWhatChanges) {
  Swap(3, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 3, 3)});
  Reading reading(*stub_, FromTheWeek());
  EXPECT_THAT(reading.Next(3), ElementsAre("2606.00001", "2606.00002", "live"));
  EXPECT_EQ(reading.last().heartbeat().window_from(), "2026-06-17");

  Swap(5, {CardAt("2606.00002", 3, 4), CardAt("2606.00003", 5, 5)});
  EXPECT_THAT(reading.Next(2), ElementsAre("2606.00002", "2606.00003"));
  Swap(6, {CardAt("2606.00002", 3, 4)},
       {{.arxiv_id = "2606.00003", .announced = "2026-06-23", .changed = At(6)}});
  EXPECT_EQ(reading.Next(), "-2606.00003");
}

TEST_F(WatchServiceTest, WithoutDateAndTokenTellsOnlyWhatComes) {
  Swap(3, {CardAt("2606.00001", 2, 2)});
  Reading reading(*stub_, {});
  EXPECT_EQ(reading.Next(), "live");

  Swap(4, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 4, 4)});
  EXPECT_EQ(reading.Next(), "2606.00002");
}

TEST_F(WatchServiceTest, GoesOnAfterTheTokenOnAServerThatWasNotThereBefore) {
  Swap(4, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 3, 3), CardAt("2606.00003", 4, 4)});
  Reading first(*stub_, FromTheWeek());
  EXPECT_THAT(first.Next(2), ElementsAre("2606.00001", "2606.00002"));
  TearDown();
  Restart({});
  SetUp();

  Reading second(*stub_, first.request());
  EXPECT_THAT(second.Next(2), ElementsAre("2606.00003", "live"));
  second.Cancel();
}

TEST_F(WatchServiceTest, OnAReplicaThatIsBehindWaitsForWhatIsNew) {
  Swap(9, {CardAt("2606.00001", 2, 9)});
  Reading ahead(*stub_, FromTheWeek());
  EXPECT_EQ(ahead.Next(), "2606.00001");
  Swap(7, {CardAt("2606.00001", 2, 6), CardAt("2606.00002", 7, 7)});

  Reading behind(*stub_, ahead.request());
  EXPECT_EQ(behind.Next(), "live");
  EXPECT_EQ(behind.last().resume_token(), ahead.request().resume_token());
  Swap(11, {CardAt("2606.00001", 2, 9), CardAt("2606.00002", 7, 7), CardAt("2606.00003", 11, 11)});
  EXPECT_EQ(behind.Next(), "2606.00003");
}

TEST_F(WatchServiceTest, BeatsWithATokenThatHasMovedOn) {
  Swap(3, {});
  v1::WatchPapersRequest request = FromTheWeek();
  request.mutable_filter()->add_tags_any("nlp");
  Reading reading(*stub_, request);
  // Until the server knows that it is taken, a message is on its way.
  const auto beat = [&](int number) {
    EXPECT_EQ(reading.Next(), "live");
    EXPECT_TRUE(Soon([&] {
      return Shows("paperwire_serve_watch_messages_total{kind=\"heartbeat\"} " +
                   std::to_string(number));
    }));
  };
  beat(1);
  const std::string before = reading.last().resume_token();
  // A card that does not match, of the next day's window.
  oldest_ = "2026-06-18";
  Swap(5, {CardAt("2606.00001", 4, 4)});
  clock_.Advance(seconds(15));
  watches_->Look();
  beat(2);
  EXPECT_EQ(reading.last().heartbeat().window_from(), "2026-06-18");
  EXPECT_NE(reading.last().resume_token(), before);

  clock_.Advance(seconds(15));
  watches_->Look();
  beat(3);
}

TEST_F(WatchServiceTest, LooksAtAThousandChangesAtATimeAndSaysHowFarItIs) {
  std::vector<EntryPtr> entries;
  for (uint64_t i = 1; i <= 2500; ++i) {
    entries.push_back(CardAt("2606." + std::to_string(10'000 + i), i, i));
  }
  Swap(2500, entries);
  v1::WatchPapersRequest request = FromTheWeek();
  request.mutable_filter()->add_tags_any("nlp");

  Reading reading(*stub_, request);

  EXPECT_EQ(reading.Next(), "beat");
  const auto position =
      DecodePosition(reading.last().resume_token(), TermsOf(request, *snapshots_.Get()).hash);
  ASSERT_TRUE(position.ok()) << position.status();
  EXPECT_EQ(position->after, At(1024));
  EXPECT_THAT(reading.Next(2), ElementsAre("beat", "live"));
}

// Cards of which one in three holds the words, changed in the order of their ids.
TEST_F(WatchServiceTest, TellsOfWordsWhatAListingByThemShows) {
  const auto card = [](uint64_t number, uint64_t changed, const std::string& title) {
    v1::Entry entry = MakeEntry("2606." + std::to_string(10'000 + number), "2026-06-23");
    entry.mutable_paper()->set_title(title);
    return ServedEntry::Make(entry, At(number), At(changed));
  };
  std::vector<EntryPtr> entries;
  std::vector<std::string> expected;
  for (uint64_t i = 1; i <= 150; ++i) {
    const bool holds = i % 3 == 0;
    entries.push_back(card(i, i, holds ? "On sparse policies" : "On dense policies"));
    if (holds) expected.push_back(entries.back()->arxiv_id());
  }
  Swap(150, entries);
  v1::WatchPapersRequest request = FromTheWeek();
  request.mutable_filter()->add_include_words("sparse policy");
  request.mutable_filter()->add_exclude_words("survey");
  expected.push_back("live");

  Reading reading(*stub_, request);
  EXPECT_EQ(reading.Next(51), expected);

  // One that did not hold them now does, one that did does not, one is excluded.
  SnapshotPtr next =
      snapshots_.Get()->After(At(160),
                              {card(1, 152, "Sparse policy"), card(3, 154, "On dense policies"),
                               card(6, 155, "Sparse policies: a survey")},
                              {}, "");
  snapshots_.Swap(next, feed_clock_.Now());
  EXPECT_THAT(reading.Next(3), ElementsAre("2606.10001", "-2606.10003", "-2606.10006"));
  next = next->After(At(170), {card(2, 161, "Sparse policies again")}, {}, "");
  snapshots_.Swap(next, feed_clock_.Now());
  EXPECT_EQ(reading.Next(), "2606.10002");
}

TEST_F(WatchServiceTest, EndsAStreamWhoseEpochIsLostAndRefusesItsToken) {
  Swap(3, {CardAt("2606.00001", 2, 2)});
  Reading reading(*stub_, FromTheWeek());
  EXPECT_THAT(reading.Next(2), ElementsAre("2606.00001", "live"));

  Swap(2, {CardAt("2606.00001", 2, 2)}, {}, kLaterEpoch);

  const grpc::Status status = reading.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(status.error_message(), HasSubstr("announced_from"));
  EXPECT_EQ(Refusal(reading.request()).error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_TRUE(
      Soon([&] { return Shows("paperwire_serve_watch_closed_total{reason=\"lost-epoch\"} 1"); }));
}

TEST_F(WatchServiceTest, SendsAReaderOfANewerEpochAwayForAMoment) {
  Swap(3, {}, {}, kLaterEpoch);
  Reading reading(*stub_, {});
  EXPECT_EQ(reading.Next(), "live");
  snapshots_.Swap(SnapshotAt(3, {}, {}, kEpoch), absl::FromUnixMillis(0x0197a3c40000));

  const grpc::Status status = Refusal(reading.request());

  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.RetryInfo"));
}

TEST_F(WatchServiceTest, RefusesWhatIsWrongAndNamesTheField) {
  Swap(3, {});
  v1::WatchPapersRequest request;
  request.set_resume_token("nonsense");
  grpc::Status status = Refusal(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("resume_token: "));
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.BadRequest"));

  Reading reading(*stub_, {});
  EXPECT_EQ(reading.Next(), "live");
  request = reading.request();
  request.mutable_filter()->set_has_code(true);
  EXPECT_EQ(Refusal(request).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(WatchServiceTest, IsUnavailableBeforeTheFirstSnapshotAndSaysWhenToCallAgain) {
  const grpc::Status status = Refusal({});

  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.RetryInfo"));
}

TEST_F(WatchServiceTest, CutsAReaderThatTakesNothingAndSaysWhy) {
  Swap(4, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 3, 3), CardAt("2606.00003", 4, 4)});
  Reading reading(*stub_, FromTheWeek());
  EXPECT_EQ(reading.Next(), "2606.00001");
  // The next one is on its way: its time counts from now.
  EXPECT_TRUE(
      Soon([&] { return Shows("paperwire_serve_watch_messages_total{kind=\"entry\"} 1"); }));
  watches_->Look();
  clock_.Advance(seconds(29));
  watches_->Look();
  EXPECT_TRUE(Shows("paperwire_serve_watch_streams{method=\"papers\"} 1"));

  clock_.Advance(seconds(2));
  watches_->Look();

  const grpc::Status status = reading.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  EXPECT_THAT(status.error_message(), HasSubstr("not taken in time"));
  EXPECT_TRUE(Soon([&] { return Shows("paperwire_serve_watch_closed_total{reason=\"slow\"} 1"); }));
  Reading again(*stub_, reading.request());
  EXPECT_THAT(again.Next(), ::testing::AnyOf("2606.00002", "2606.00003"));
}

TEST_F(WatchServiceTest, ADrainTellsReadersToCallAgainAndLetsNobodyIn) {
  Swap(3, {CardAt("2606.00001", 2, 2)});
  Reading idle(*stub_, {});
  EXPECT_EQ(idle.Next(), "live");

  watches_->Drain();

  const grpc::Status status = idle.End();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("call again with the token"));
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.RetryInfo"));
  EXPECT_EQ(Refusal(idle.request()).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(
      Soon([&] { return Shows("paperwire_serve_watch_closed_total{reason=\"drained\"} 1"); }));
}

TEST_F(WatchServiceTest, AServerStopsThoughReadersTakeNothing) {
  Swap(4, {CardAt("2606.00001", 2, 2), CardAt("2606.00002", 3, 3), CardAt("2606.00003", 4, 4)});
  std::vector<std::unique_ptr<Reading>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_unique<Reading>(*stub_, FromTheWeek()));
    EXPECT_EQ(readers.back()->Next(), "2606.00001");
  }

  watches_->Drain();
  server_.reset();

  EXPECT_EQ(slots_.taken(), 0u);
  for (auto& reader : readers) EXPECT_FALSE(reader->End().ok());
}

TEST_F(WatchServiceTest, RefusesMoreStreamsThanOneCallerMayHave) {
  Swap(3, {});
  std::vector<std::unique_ptr<Reading>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_unique<Reading>(*stub_, v1::WatchPapersRequest()));
    EXPECT_EQ(readers.back()->Next(), "live");
  }

  const grpc::Status status = Refusal({});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.RetryInfo"));
  EXPECT_TRUE(Shows("paperwire_serve_watch_refused_total 1"));

  readers.pop_back();
  EXPECT_TRUE(Soon([&] { return slots_.taken() == 2; }));
  EXPECT_EQ(Reading(*stub_, {}).Next(), "live");
}

TEST_F(WatchServiceTest, ForgetsThousandsOfReadersThatGoWithoutAWord) {
  std::vector<EntryPtr> entries;
  for (uint64_t i = 2; i < 90; ++i) {
    entries.push_back(CardAt("2606.000" + std::to_string(10 + i), i, i));
  }
  Swap(90, entries);

  for (int i = 0; i < 2000; ++i) {
    Reading reading(*stub_, i % 2 == 0 ? FromTheWeek() : v1::WatchPapersRequest());
    if (i % 3 != 0) reading.Next();
    reading.Cancel();
    if (i % 100 == 0) Swap(91 + static_cast<uint64_t>(i), entries);
  }

  EXPECT_TRUE(Soon([&] { return slots_.taken() == 0; }));
  EXPECT_TRUE(Shows("paperwire_serve_watch_streams{method=\"papers\"} 0"));
}

TEST_F(WatchServiceTest, CountsWhatItSends) {
  Swap(3, {CardAt("2606.00001", 2, 2)});
  Reading reading(*stub_, FromTheWeek());
  EXPECT_THAT(reading.Next(2), ElementsAre("2606.00001", "live"));
  Swap(4, {}, {{.arxiv_id = "2606.00001", .announced = "2026-06-23", .changed = At(4)}});
  EXPECT_EQ(reading.Next(), "-2606.00001");

  EXPECT_TRUE(Soon([&] {
    return Shows("paperwire_serve_watch_messages_total{kind=\"removed\"} 1") &&
           Shows("paperwire_serve_watch_delivery_seconds_count 1");
  }));
  EXPECT_TRUE(Shows("paperwire_serve_watch_messages_total{kind=\"entry\"} 1"));
  EXPECT_TRUE(Shows("paperwire_serve_watch_messages_total{kind=\"heartbeat\"} 1"));
  EXPECT_TRUE(Shows("paperwire_serve_watch_streams{method=\"papers\"} 1"));
}

TEST_F(WatchServiceTest, WatchStatusTellsTheStatusAtOnceAndWhenItChanges) {
  Swap(3, {});
  v1::GetStatusResponse status;
  status.set_state(v1::FEED_STATE_FRESH);
  status.mutable_snapshot_time()->set_seconds(100);
  statuses_.Set(status);
  grpc::ClientContext context;
  const auto reader = stub_->WatchStatus(&context, {});
  v1::WatchStatusResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status().state(), v1::FEED_STATE_FRESH);

  // Its time alone is no news; nor is it while the status says that it is stale.
  status.set_stale(true);
  for (int i = 0; i < 3; ++i) {
    status.mutable_snapshot_time()->set_seconds(200 + i);
    statuses_.Set(status);
  }
  status.set_state(v1::FEED_STATE_QUIET);
  statuses_.Set(status);

  std::vector<v1::FeedState> states;
  do {
    ASSERT_TRUE(reader->Read(&response));
    states.push_back(response.status().state());
  } while (states.back() != v1::FEED_STATE_QUIET);
  EXPECT_LE(states.size(), 2u);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(WatchServiceTest, WatchStatusIsUnavailableBeforeThereIsAStatus) {
  grpc::ClientContext context;
  const auto reader = stub_->WatchStatus(&context, {});
  v1::WatchStatusResponse response;

  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace paperwire::serve::watch
