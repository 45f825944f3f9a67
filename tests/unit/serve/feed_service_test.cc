#include "services/serve/feed_service.h"

#include <algorithm>
#include <future>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "services/serve/filter.h"
#include "services/serve/page_token.h"
#include "services/serve/rpc_server.h"
#include "tests/unit/serve/entries.h"
#include "tests/unit/serve/served_test.h"

namespace paperwire::serve {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FeedServiceTest : public ServedTest<v1::FeedService> {
 protected:
  FeedServiceTest()
      : clock_(TuesdayNoon()),
        feed_clock_(clock_, /*data=*/false),
        requests_(metrics_),
        feed_(snapshots_, statuses_, feed_clock_),
        methods_(feed_),
        gate_({}, clock_, metrics_),
        service_(methods_, gate_, requests_) {}

  grpc::Service& service() override { return service_; }

  void Load(const std::vector<v1::Entry>& entries, const std::string& epoch = "e1") {
    snapshots_.Swap(MakeSnapshot(entries, epoch), feed_clock_.Now());
  }
  void LoadThree() {
    v1::Entry first = MakeEntry("2606.00001", "2026-06-23", {"theory", "nlp"});
    first.mutable_paper()->set_code_url("https://github.com/a/b");
    first.mutable_paper()->add_categories("cs.CV");
    first.mutable_summary()->add_keywords("masked diffusion models");
    first.mutable_summary()->add_keywords("state-space duality");
    v1::Entry second = MakeEntry("2606.00002", "2026-06-22", {"nlp"});
    second.mutable_paper()->set_title("Start of ART");
    second.mutable_paper()->set_categories(0, "stat.ML");
    Load({first, second, MakeEntry("2606.00003", "2026-06-19", {"robotics"}),
          MakeEntry("2606.00004", "2026-06-16", {"nlp"})});
  }
  grpc::Status List(const v1::ListPapersRequest& request, v1::ListPapersResponse* response) {
    grpc::ClientContext context;
    return stub_->ListPapers(&context, request, response);
  }
  std::vector<std::string> Matching(const v1::EntryFilter& filter) {
    v1::ListPapersRequest request;
    *request.mutable_filter() = filter;
    v1::ListPapersResponse response;
    EXPECT_TRUE(List(request, &response).ok());
    std::vector<std::string> ids;
    for (const v1::Entry& entry : response.entries()) ids.push_back(entry.paper().arxiv_id());
    return ids;
  }
  grpc::Status Refusal(const v1::ListPapersRequest& request) {
    v1::ListPapersResponse response;
    return List(request, &response);
  }

  clock::FakeClock clock_;
  FeedClock feed_clock_;
  prometheus::Registry metrics_;
  RequestCounter requests_;
  SnapshotHolder snapshots_;
  StatusHolder statuses_;
  Feed feed_;
  FeedMethods methods_;
  Gate gate_;
  FeedService service_;
};

TEST_F(FeedServiceTest, IsUnavailableBeforeTheFirstSnapshot) {
  const grpc::Status status = Refusal({});

  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("no snapshot"));
}

TEST_F(FeedServiceTest, PagesThroughTheWindowWithoutGapOrRepeat) {
  std::vector<v1::Entry> entries;
  for (int i = 10; i < 35; ++i)
    entries.push_back(MakeEntry("2606.000" + std::to_string(i), "2026-06-23"));
  Load(entries);

  std::vector<std::string> seen;
  v1::ListPapersRequest request;
  request.set_page_size(10);
  int pages = 0;
  do {
    v1::ListPapersResponse response;
    ASSERT_TRUE(List(request, &response).ok());
    EXPECT_EQ(response.total_size(), 25);
    for (const v1::Entry& entry : response.entries()) seen.push_back(entry.paper().arxiv_id());
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());

  EXPECT_EQ(pages, 3);
  ASSERT_EQ(seen.size(), 25u);
  EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 25u);
}

TEST_F(FeedServiceTest, ATokenGoesOnWhereItStoodThoughTheSnapshotHasChanged) {
  LoadThree();
  v1::ListPapersRequest request;
  request.set_page_size(1);
  v1::ListPapersResponse first;
  ASSERT_TRUE(List(request, &first).ok());
  Load({MakeEntry("2606.00009", "2026-06-23"), MakeEntry("2606.00002", "2026-06-22")});

  request.set_page_token(first.next_page_token());
  v1::ListPapersResponse second;
  ASSERT_TRUE(List(request, &second).ok());

  ASSERT_EQ(second.entries_size(), 1);
  EXPECT_EQ(second.entries(0).paper().arxiv_id(), "2606.00002");
}

TEST_F(FeedServiceTest, RefusesATokenThatWasTamperedWith) {
  LoadThree();
  v1::ListPapersRequest request;
  request.set_page_size(1);
  v1::ListPapersResponse response;
  ASSERT_TRUE(List(request, &response).ok());
  std::string token = response.next_page_token();
  token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
  request.set_page_token(token);

  const grpc::Status status = Refusal(request);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), StartsWith("page_token: "));
  EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.BadRequest"));
}

TEST_F(FeedServiceTest, ATokenOfAnotherFilterIsInvalidAndOneOfALostEpochOutOfRange) {
  LoadThree();
  v1::ListPapersRequest request;
  request.set_page_size(1);
  v1::ListPapersResponse response;
  ASSERT_TRUE(List(request, &response).ok());
  request.set_page_token(response.next_page_token());

  v1::ListPapersRequest other = request;
  other.mutable_filter()->add_tags_any("nlp");
  EXPECT_EQ(Refusal(other).error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  Load({MakeEntry("2606.00001", "2026-06-23")}, "e2");
  EXPECT_EQ(Refusal(request).error_code(), grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(FeedServiceTest, FiltersByDateTagCategoryWordsAndCode) {
  LoadThree();

  // 2606.00004 was announced before the seven days.
  EXPECT_THAT(Matching({}), ElementsAre("2606.00001", "2606.00002", "2606.00003"));
  v1::EntryFilter dates;
  dates.set_announced_from("2026-06-20");
  dates.set_announced_to("2026-06-22");
  EXPECT_THAT(Matching(dates), ElementsAre("2606.00002"));
  v1::EntryFilter any;
  any.add_tags_any("theory");
  any.add_tags_any("robotics");
  EXPECT_THAT(Matching(any), ElementsAre("2606.00001", "2606.00003"));
  v1::EntryFilter all;
  all.add_tags_all("theory");
  all.add_tags_all("nlp");
  EXPECT_THAT(Matching(all), ElementsAre("2606.00001"));
  v1::EntryFilter synonym;
  synonym.add_tags_any("Natural Language Processing");
  EXPECT_THAT(Matching(synonym), ElementsAre("2606.00001", "2606.00002"));
  v1::EntryFilter category;
  category.add_categories("stat.ML");
  EXPECT_THAT(Matching(category), ElementsAre("2606.00002"));
  // The first category is the primary one.
  v1::EntryFilter primary;
  primary.add_primary_categories("stat.ML");
  EXPECT_THAT(Matching(primary), ElementsAre("2606.00002"));
  v1::EntryFilter cross;
  cross.add_primary_categories("cs.CV");
  EXPECT_THAT(Matching(cross), ElementsAre());
  cross.clear_primary_categories();
  cross.add_categories("cs.CV");
  EXPECT_THAT(Matching(cross), ElementsAre("2606.00001"));
  v1::EntryFilter include;
  include.add_include_words("art");
  EXPECT_THAT(Matching(include), ElementsAre("2606.00002"));
  v1::EntryFilter exclude;
  exclude.add_exclude_words("ART");
  EXPECT_THAT(Matching(exclude), ElementsAre("2606.00001", "2606.00003"));
  v1::EntryFilter code;
  code.set_has_code(true);
  EXPECT_THAT(Matching(code), ElementsAre("2606.00001"));
}

TEST(FoldKeyword, TheUsualPluralsAreReadLikeTheirSingulars) {
  for (const auto& [one, many] :
       std::vector<std::pair<std::string, std::string>>{{"diffusion model", "Diffusion-Models"},
                                                        {"query", "queries"},
                                                        {"movie", "movies"},
                                                        {"loss", "losses"},
                                                        {"box", "boxes"},
                                                        {"batch", "batches"},
                                                        {"cache", "caches"},
                                                        {"mesh", "meshes"},
                                                        {"phase", "phases"},
                                                        {"virus", "viruses"},
                                                        {"tie", "ties"},
                                                        {"axe", "axes"},
                                                        {"confusion matrix", "confusion matrices"},
                                                        {"meta-analysis", "meta-analyses"},
                                                        {"bias", "biases"},
                                                        {"LLM", "LLMs"}}) {
    EXPECT_EQ(FoldKeyword(one), FoldKeyword(many)) << many;
  }
  std::set<std::string> folded;
  const std::vector<std::string> others = {"loss", "lo",   "query", "quer",    "bus",  "cache",
                                           "case", "cash", "gas",   "species", "bias", "this"};
  for (const std::string& word : others) folded.insert(FoldKeyword(word));
  EXPECT_EQ(folded.size(), others.size());
}

TEST_F(FeedServiceTest, FiltersByKeywordsWordByWord) {
  LoadThree();
  const auto with = [&](const std::string& keyword) {
    v1::EntryFilter filter;
    filter.add_keywords("no such keyword");
    filter.add_keywords(keyword);
    return Matching(filter);
  };

  for (const char* keyword : {"masked diffusion models", "Diffusion Model", "DIFFUSION", "masked",
                              "State space duality", "state-space"}) {
    EXPECT_THAT(with(keyword), ElementsAre("2606.00001")) << keyword;
  }
  for (const char* keyword : {"diffusion duality", "fusion", "gradient noise", "models masked"}) {
    EXPECT_THAT(with(keyword), ElementsAre()) << keyword;
  }
  v1::ListPapersRequest nothing;
  nothing.mutable_filter()->add_keywords(" - ");
  EXPECT_THAT(Refusal(nothing).error_message(), StartsWith("filter.keywords: "));
}

TEST_F(FeedServiceTest, AnInvalidArgumentNamesItsField) {
  LoadThree();
  v1::ListPapersRequest date;
  date.mutable_filter()->set_announced_to("2026-02-30");
  EXPECT_THAT(Refusal(date).error_message(), StartsWith("filter.announced_to: "));
  v1::ListPapersRequest tag;
  tag.mutable_filter()->add_tags_all("astrology");
  EXPECT_THAT(Refusal(tag).error_message(), StartsWith("filter.tags_all: "));
  v1::ListPapersRequest mistyped;
  mistyped.mutable_filter()->add_tags_any("vison");
  const grpc::Status refusal = Refusal(mistyped);
  EXPECT_EQ(refusal.error_message(),
            "filter.tags_any: unknown tag 'vison'; did you mean 'computer-vision'?");
  EXPECT_THAT(refusal.error_details(), HasSubstr("google.rpc.BadRequest"));
  v1::ListPapersRequest size;
  size.set_page_size(-1);
  EXPECT_THAT(Refusal(size).error_message(), StartsWith("page_size: "));
  v1::ListPapersRequest order;
  order.set_order(v1::ENTRY_ORDER_RELEVANCE);
  EXPECT_THAT(Refusal(order).error_message(), StartsWith("order: "));
}

TEST_F(FeedServiceTest, ListsAreBasicAndOnePaperIsFull) {
  LoadThree();
  v1::ListPapersResponse list;
  ASSERT_TRUE(List({}, &list).ok());
  EXPECT_EQ(list.entries(0).paper().abstract(), "");
  EXPECT_EQ(list.entries(0).tags(0).evidence_size(), 0);

  v1::GetPaperRequest request;
  request.set_arxiv_id("arXiv:2606.00001v3");
  v1::GetPaperResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetPaper(&context, request, &response).ok());
  EXPECT_EQ(response.entry().paper().abstract(), "We study gradient noise.");
}

TEST_F(FeedServiceTest, APaperOutsideTheWindowIsNotFound) {
  LoadThree();
  for (const char* id : {"2606.00004", "2606.09999"}) {
    v1::GetPaperRequest request;
    request.set_arxiv_id(id);
    v1::GetPaperResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(stub_->GetPaper(&context, request, &response).error_code(),
              grpc::StatusCode::NOT_FOUND);
  }
}

TEST_F(FeedServiceTest, ABatchIsAnsweredInTheOrderAskedAndNamesWhatIsMissing) {
  LoadThree();
  v1::BatchGetPapersRequest request;
  for (const char* id : {"2606.00003", "2606.09999", "2606.00001"}) request.add_arxiv_ids(id);
  v1::BatchGetPapersResponse response;
  grpc::ClientContext context;

  ASSERT_TRUE(stub_->BatchGetPapers(&context, request, &response).ok());

  ASSERT_EQ(response.entries_size(), 2);
  EXPECT_EQ(response.entries(0).paper().arxiv_id(), "2606.00003");
  EXPECT_THAT(response.missing_ids(), ElementsAre("2606.09999"));
}

TEST_F(FeedServiceTest, TagsComeWithTheirCountsPerDay) {
  LoadThree();
  v1::ListTagsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->ListTags(&context, {}, &response).ok());

  EXPECT_EQ(response.tags_size(), 14);
  for (const v1::TagDescription& tag : response.tags()) {
    if (tag.slug() != "nlp") continue;
    ASSERT_EQ(tag.counts_size(), 2);
    EXPECT_EQ(tag.counts(0).announced(), "2026-06-23");
    EXPECT_EQ(tag.counts(1).count(), 1);
    EXPECT_THAT(tag.synonyms(), Contains("natural language processing"));
    EXPECT_THAT(tag.categories(), Contains("cs.CL"));
  }
}

TEST_F(FeedServiceTest, SearchAndRelatedPapersAreAnsweredAndRefusedByField) {
  LoadThree();
  v1::SearchPapersRequest request;
  request.set_query("art");
  v1::SearchPapersResponse found;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->SearchPapers(&context, request, &found).ok());
  ASSERT_EQ(found.results_size(), 1);
  EXPECT_EQ(found.results(0).entry().paper().arxiv_id(), "2606.00002");

  request.set_query("year:2026");
  grpc::ClientContext refused_context;
  const grpc::Status refused = stub_->SearchPapers(&refused_context, request, &found);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(refused.error_message(), StartsWith("query: "));
  EXPECT_THAT(refused.error_details(), HasSubstr("google.rpc.BadRequest"));

  v1::RelatedPapersRequest related;
  related.set_arxiv_id("2606.00001");
  v1::RelatedPapersResponse alike;
  grpc::ClientContext related_context;
  EXPECT_TRUE(stub_->RelatedPapers(&related_context, related, &alike).ok());
}

TEST_F(FeedServiceTest, WhatIsNotThereYetIsUnimplementedAndSaysSo) {
  LoadThree();
  grpc::ClientContext stream_context;
  const auto reader = stub_->WatchPapers(&stream_context, {});
  v1::WatchPapersResponse event;
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(FeedServiceTest, BytesThatAreNoRequestAreInvalidAndNotTheServersFault) {
  LoadThree();
  grpc::GenericStub stub(server_->server().InProcessChannel({}));
  const std::string field_one_text = "\x0a\x02\xc3\x28";
  for (const std::string& bytes : {std::string("\xff\xff\xff"), field_one_text}) {
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    std::promise<grpc::Status> ended;
    stub.UnaryCall(&context, "/paperwire.v1.FeedService/GetPaper", {}, &request, &response,
                   [&ended](const grpc::Status& status) { ended.set_value(status); });

    const grpc::Status status = ended.get_future().get();

    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_THAT(status.error_details(), HasSubstr("google.rpc.BadRequest"));
  }
}

TEST_F(FeedServiceTest, APortInUseIsRefusedByName) {
  const std::string address = "127.0.0.1:" + std::to_string(server_->port());
  FeedService service(methods_, gate_, requests_);

  const auto second = RpcServer::Start({.listen = address}, service);

  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().ToString(), HasSubstr(address));
}

TEST(PageToken, SurvivesTheWayThereAndBack) {
  const std::string text = EncodeToken({"e1", "2026-06-23", "math/0611800", 77});
  const auto token = DecodeToken(text);

  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->epoch, "e1");
  EXPECT_EQ(token->arxiv_id, "math/0611800");
  EXPECT_EQ(token->filter_hash, 77u);
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="),
      std::string::npos);
}

TEST(PageToken, RefusesAPositionThatWasChanged) {
  std::string plain;
  ASSERT_TRUE(
      absl::WebSafeBase64Unescape(EncodeToken({"e1", "2026-06-23", "2606.00001", 7}), &plain));
  plain.replace(plain.find("2606.00001"), 10, "2606.00002");

  EXPECT_TRUE(absl::IsInvalidArgument(DecodeToken(absl::WebSafeBase64Escape(plain)).status()));
}

TEST(PageToken, RefusesNonsense) {
  for (const char* text : {"x", "!!!!", "MQ", "MQoxCjIKMwo0"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(DecodeToken(text).status())) << text;
  }
}

}  // namespace
}  // namespace paperwire::serve
