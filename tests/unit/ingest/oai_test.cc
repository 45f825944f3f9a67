// OAI-PMH: what the answer says about itself, and about each record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/ingest/reading.h"

namespace paperwire::ingest {
namespace {

using testing::ElementsAre;

std::string Answer(const std::string& body) {
  return R"(<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
    <responseDate>2026-06-24T05:31:02Z</responseDate>
    <request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
)" + body +
         "</OAI-PMH>";
}

std::string Raw(const std::string& id, const std::string& versions,
                const std::string& comment = "") {
  return "<record><header><identifier>oai:arXiv.org:" + id +
         "</identifier><datestamp>2026-06-24</datestamp><setSpec>cs:cs:LG</setSpec>"
         "<setSpec>physics:hep-th</setSpec></header><metadata>"
         "<arXivRaw xmlns=\"http://arxiv.org/OAI/arXivRaw/\"><id>" +
         id + "</id><submitter>A</submitter>" + versions +
         "<title>T</title><authors>Anna Example</authors><categories>cs.LG hep-th</categories>"
         "<comments>" +
         comment + "</comments><abstract>  We show it.</abstract></arXivRaw></metadata></record>";
}

std::string V(int number, const std::string& rest = "<size>12kb</size>") {
  return "<version version=\"v" + std::to_string(number) + "\"><date>Mon, " +
         std::to_string(7 + number) + " Jun 2026 12:00:00 GMT</date>" + rest + "</version>";
}

absl::Time June(int day) {
  return absl::FromCivil(absl::CivilHour(2026, 6, day, 12), absl::UTCTimeZone());
}

TEST(Oai, TellsTheVersionsOfARecord) {
  const Reading reading = Read(Answer("<ListRecords>" + Raw("2606.90001", V(1) + V(2) + V(3)) +
                                      Raw("2606.90002", V(1)) + "</ListRecords>"));
  ASSERT_EQ(reading.outcome, Outcome::kOk) << reading.detail;
  ASSERT_EQ(reading.records.size(), 2u);
  const Record& record = reading.records[0];
  EXPECT_EQ(record.id, "2606.90001");
  EXPECT_EQ(record.datestamp, absl::CivilDay(2026, 6, 24));
  EXPECT_THAT(record.sets, ElementsAre("cs.LG", "hep-th"));
  ASSERT_EQ(record.versions.size(), 3u);
  EXPECT_EQ(record.versions[2].number, 3u);
  EXPECT_EQ(record.versions[2].submitted, June(10));
  EXPECT_EQ(record.FirstSubmitted(), June(8));
  EXPECT_FALSE(record.withdrawn);
  EXPECT_EQ(record.paper, 0u);
  EXPECT_EQ(reading.papers[0].version(), 3u);
  EXPECT_EQ(reading.records[1].paper, 1u);
  EXPECT_EQ(reading.papers[1].arxiv_id(), "2606.90002");
}

TEST(Oai, OrdersVersionsAndTakesEachOnce) {
  const Reading reading = Read(Answer("<GetRecord>" +
                                      Raw("2606.90001", V(3) + V(2) + V(2) +
                                                            "<version version=\"v0\"/>"
                                                            "<version version=\"x\"/>"
                                                            "<version version=\"v99999\"/>") +
                                      "</GetRecord>"));
  ASSERT_EQ(reading.records.size(), 1u);
  ASSERT_EQ(reading.records[0].versions.size(), 2u);
  EXPECT_EQ(reading.records[0].versions[0].number, 2u);
  // Not told: version 1 is missing.
  EXPECT_EQ(reading.records[0].FirstSubmitted(), std::nullopt);
  EXPECT_FALSE(reading.papers[0].has_submitted_time());
}

TEST(Oai, KnowsAWithdrawal) {
  const std::string withdrawn = "<size>0kb</size><source_type>I</source_type>";
  const Reading reading =
      Read(Answer("<ListRecords>" + Raw("2606.90001", V(1) + V(2, withdrawn)) +
                  Raw("2606.90002", V(1) + V(2, "<size>0kb</size>")) +
                  Raw("2606.90003", V(1), "This paper has been withdrawn due to an error") +
                  // Withdrawn once, and back again.
                  Raw("2606.90004", V(1) + V(2, withdrawn) + V(3)) + "</ListRecords>"));
  ASSERT_EQ(reading.records.size(), 4u);
  EXPECT_TRUE(reading.records[0].withdrawn);
  EXPECT_TRUE(reading.records[0].versions[1].withdrawn);
  EXPECT_FALSE(reading.records[0].versions[0].withdrawn);
  EXPECT_TRUE(reading.records[1].withdrawn);
  EXPECT_TRUE(reading.records[2].withdrawn);
  EXPECT_FALSE(reading.records[3].withdrawn);
  EXPECT_TRUE(reading.papers[2].withdrawn());
}

TEST(Oai, HandsOutTheTokenAsItStands) {
  const std::string records = "<ListRecords>" + Raw("2606.90001", V(1));
  const Reading page =
      Read(Answer(records +
                  "<resumptionToken expirationDate='2026-06-25T00:00:00Z'>verb%3DListRecords%26"
                  "metadataPrefix%3DarXivRaw%26skip%3D2500</resumptionToken></ListRecords>"));
  EXPECT_EQ(page.oai.resumption_token,
            "verb%3DListRecords%26metadataPrefix%3DarXivRaw%26skip%3D2500");
  EXPECT_EQ(page.oai.token_expires,
            absl::FromCivil(absl::CivilDay(2026, 6, 25), absl::UTCTimeZone()));
  EXPECT_EQ(page.oai.response_date,
            absl::FromCivil(absl::CivilSecond(2026, 6, 24, 5, 31, 2), absl::UTCTimeZone()));
  for (const std::string end : {"<resumptionToken/></ListRecords>", "</ListRecords>"}) {
    const Reading last = Read(Answer(records + end));
    EXPECT_EQ(last.outcome, Outcome::kOk);
    EXPECT_EQ(last.oai.resumption_token, "");
    EXPECT_EQ(last.oai.token_expires, std::nullopt);
  }
}

TEST(Oai, KeepsItsErrorsApart) {
  for (const auto& [code, outcome] :
       std::vector<std::pair<std::string, Outcome>>{{"noRecordsMatch", Outcome::kOaiNoRecords},
                                                    {"badResumptionToken", Outcome::kOaiBadToken},
                                                    {"badArgument", Outcome::kOaiError},
                                                    {"idDoesNotExist", Outcome::kOaiError}}) {
    const Reading reading = Read(Answer("<error code='" + code + "'>said so</error>"));
    EXPECT_EQ(Slug(reading.outcome), Slug(outcome));
    EXPECT_EQ(reading.oai.error_code, code);
    EXPECT_EQ(reading.detail, code + ": said so");
    EXPECT_NE(reading.oai.response_date, std::nullopt);
  }
}

TEST(Oai, KeepsDeletedRecordsWithoutPapers) {
  const std::string deleted =
      "<record><header status=\"deleted\"><identifier>oai:arXiv.org:2606.90009</identifier>"
      "<datestamp>2026-06-24</datestamp></header></record>";
  const Reading both =
      Read(Answer("<ListRecords>" + deleted + Raw("2606.90001", V(1)) + "</ListRecords>"));
  ASSERT_EQ(both.outcome, Outcome::kOk) << both.detail;
  ASSERT_EQ(both.records.size(), 2u);
  EXPECT_TRUE(both.records[0].deleted);
  EXPECT_EQ(both.records[0].paper, Record::kNoPaper);
  EXPECT_EQ(both.records[1].paper, 0u);
  EXPECT_EQ(Read(Answer("<ListRecords>" + deleted + "</ListRecords>")).outcome, Outcome::kEmpty);
}

TEST(Oai, TellsWhichRecordsItPassedOver) {
  const std::string other =
      "<record><header><identifier>oai:arXiv.org:2606.90008</identifier></header>"
      "<metadata><marc xmlns=\"http://example.org/marc\"/></metadata></record>";
  const std::string no_id =
      "<record><header><identifier>oai:arXiv.org:nonsense</identifier>"
      "</header></record>";
  const Reading reading =
      Read(Answer("<ListRecords>" + other + no_id + Raw("2606.90001", V(1)) + "</ListRecords>"));
  EXPECT_EQ(reading.outcome, Outcome::kIncomplete);
  EXPECT_EQ(reading.papers.size(), 1u);
  ASSERT_EQ(reading.reasons.size(), 2u);
  EXPECT_EQ(reading.reasons[0].id, "2606.90008");
  EXPECT_EQ(reading.reasons[0].reason, "metadata of a kind that is not known");
  EXPECT_EQ(reading.reasons[1].id, "");
  EXPECT_THAT(reading.reasons[1].reason, testing::HasSubstr("nonsense"));
}

}  // namespace
}  // namespace paperwire::ingest
