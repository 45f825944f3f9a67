#include "services/ingest/sift.h"

#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "libs/calendar/calendar.h"

namespace paperwire::ingest {
namespace {

absl::CivilDay DayOf(const google::protobuf::Timestamp& time) {
  return absl::ToCivilDay(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

// The first day of the month that the identifier was given out in.
absl::CivilDay MonthOf(std::string_view id) {
  const size_t slash = id.find('/');
  const std::string_view digits = slash == std::string_view::npos ? id : id.substr(slash + 1);
  const auto number = [digits](size_t at) {
    return digits.size() < at + 2 ? 0 : (digits[at] - '0') * 10 + (digits[at + 1] - '0');
  };
  const bool nineties = slash != std::string_view::npos && number(0) >= 91;
  return absl::CivilDay((nineties ? 1900 : 2000) + number(0), number(2), 1);
}

// Why the paper cannot be believed; empty when it can.
std::string Absurdity(const v1::Paper& paper, absl::CivilDay latest) {
  const auto dated = [&](std::string_view what, absl::CivilDay day) -> std::string {
    if (day >= kEarliest && day <= latest) return {};
    return std::string(what) + " " + calendar::FormatDate(day);
  };
  if (MonthOf(paper.arxiv_id()) > latest) return "an identifier of the future";
  std::string wrong;
  if (paper.has_submitted_time()) wrong = dated("submitted", DayOf(paper.submitted_time()));
  if (wrong.empty() && paper.has_updated_time()) {
    wrong = dated("updated", DayOf(paper.updated_time()));
  }
  if (wrong.empty() && !paper.announced().empty()) {
    if (const auto day = calendar::ParseDate(paper.announced()); day) {
      wrong = dated("announced", *day);
    }
  }
  return wrong;
}

// Which papers stood there before. A table of places, of which a page's thousands need no node
// each.
class Standing {
 public:
  explicit Standing(const PaperList& papers)
      : papers_(papers), places_(std::bit_ceil(papers.size() * 2 + 1), kNone) {}

  // Whether the paper at `place` is the first of its identifier, version and type that was asked
  // for. Nothing before it may be moved in between.
  bool IsFirst(size_t place) {
    const v1::Paper& paper = papers_[place];
    const size_t mask = places_.size() - 1;
    for (size_t i = std::hash<std::string_view>()(paper.arxiv_id()) & mask;; i = (i + 1) & mask) {
      if (places_[i] == kNone) {
        places_[i] = static_cast<uint32_t>(place);
        return true;
      }
      const v1::Paper& other = papers_[places_[i]];
      if (other.version() == paper.version() && other.announce_type() == paper.announce_type() &&
          other.arxiv_id() == paper.arxiv_id()) {
        return false;
      }
    }
  }

 private:
  static constexpr uint32_t kNone = static_cast<uint32_t>(-1);

  const PaperList& papers_;
  std::vector<uint32_t> places_;
};

}  // namespace

void Sift(absl::CivilDay latest, Reading& reading) {
  constexpr size_t kGone = Record::kNoPaper;
  const int passed_over = reading.passed_over;
  Standing standing(reading.papers);
  std::vector<size_t> places(reading.papers.size(), kGone);
  size_t kept = 0;
  for (size_t i = 0; i < reading.papers.size(); ++i) {
    if (std::string wrong = Absurdity(reading.papers[i], latest); !wrong.empty()) {
      reading.PassOver(reading.papers[i].arxiv_id(), std::move(wrong));
    } else if (!standing.IsFirst(i)) {
      ++reading.repeated;
    } else {
      places[i] = kept++;
    }
  }
  if (kept == reading.papers.size()) return;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] != kGone && places[i] != i) reading.papers.Swap(places[i], i);
  }
  reading.papers.Truncate(kept);
  std::erase_if(reading.records, [&places](const Record& record) {
    return record.paper != kGone && places[record.paper] == kGone;
  });
  for (Record& record : reading.records) {
    if (record.paper != kGone) record.paper = places[record.paper];
  }
  if (reading.passed_over == passed_over) return;
  reading.outcome = kept == 0 ? Outcome::kUnknown : Outcome::kIncomplete;
  reading.detail += (reading.detail.empty() ? "" : "; ") + reading.WhatWasPassedOver();
}

}  // namespace paperwire::ingest
