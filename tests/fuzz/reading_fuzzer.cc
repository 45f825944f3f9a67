// Whatever the bytes, a reading is one that the cycle can rely on.
#include <cstddef>
#include <cstdint>
#include <string>

#include "libs/calendar/calendar.h"
#include "libs/paper/arxiv_id.h"
#include "services/ingest/reading.h"
#include "tests/fuzz/require.h"

namespace paperwire::ingest {
namespace {

using fuzz::Require;
using fuzz::RequireClean;

void CheckPaper(const v1::Paper& paper) {
  const auto id = paper::ParseArxivId(paper.arxiv_id());
  Require(id.ok() && id->base == paper.arxiv_id(), "the identifier is canonical");
  Require(paper.version() >= 1 && paper.version() <= 8191, "the version is one");
  Require(paper.abstract().size() <= 64u << 10, "the abstract is bounded");
  Require(paper.title().size() <= 2u << 10, "the title is bounded");
  Require(paper.ByteSizeLong() < 1u << 20, "a record holds the paper");
  Require(paper.announced().empty() || calendar::ParseDate(paper.announced()), "a date");
  for (const std::string* text : {&paper.title(), &paper.abstract(), &paper.comment(),
                                  &paper.journal_ref(), &paper.license(), &paper.code_url()}) {
    RequireClean(*text);
  }
  for (const v1::Author& author : paper.authors()) {
    Require(!author.name().empty(), "an author has a name");
    RequireClean(author.name());
    for (const std::string& place : author.affiliations()) RequireClean(place);
  }
  for (const std::string& doi : paper.dois()) RequireClean(doi);
}

void Check(const Reading& reading) {
  const bool yields = reading.outcome == Outcome::kOk || reading.outcome == Outcome::kIncomplete;
  Require(yields || reading.papers.empty(), "only a trusted answer yields papers");
  Require(reading.outcome != Outcome::kOk || reading.passed_over == 0, "kOk passes nothing over");
  Require(IsGood(reading.outcome) || !reading.detail.empty(), "what failed is told");
  for (const Record& record : reading.records) {
    Require(record.deleted == (record.paper == Record::kNoPaper), "a record has its paper");
    Require(record.deleted || reading.papers.empty() || record.paper < reading.papers.size(),
            "the paper is there");
    uint32_t previous = 0;
    for (const Version& version : record.versions) {
      Require(version.number > previous, "versions ascend");
      previous = version.number;
    }
  }
  RequireClean(reading.category);
  for (const v1::Paper& paper : reading.papers) CheckPaper(paper);
}

}  // namespace
}  // namespace paperwire::ingest

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  paperwire::ingest::Check(paperwire::ingest::Read(bytes));
  paperwire::ingest::Check(paperwire::ingest::ReadDated("2026-06-23.xml", bytes));
  return 0;
}
