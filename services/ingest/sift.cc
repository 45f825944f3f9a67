#include "services/ingest/sift.h"

#include <string>
#include <tuple>
#include <unordered_set>
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

std::string KeyOf(const v1::Paper& paper) {
  return paper.arxiv_id() + "v" + std::to_string(paper.version()) + ":" +
         std::to_string(static_cast<int>(paper.announce_type()));
}

}  // namespace

void Sift(absl::CivilDay latest, Reading& reading) {
  constexpr size_t kGone = Record::kNoPaper;
  const int passed_over = reading.passed_over;
  std::unordered_set<std::string> seen;
  std::vector<size_t> places(reading.papers.size(), kGone);
  size_t kept = 0;
  for (size_t i = 0; i < reading.papers.size(); ++i) {
    v1::Paper& paper = reading.papers[i];
    if (std::string wrong = Absurdity(paper, latest); !wrong.empty()) {
      reading.PassOver(paper.arxiv_id(), std::move(wrong));
    } else if (!seen.insert(KeyOf(paper)).second) {
      ++reading.repeated;
    } else {
      if (kept != i) reading.papers[kept] = std::move(paper);
      places[i] = kept++;
    }
  }
  if (kept == reading.papers.size()) return;
  reading.papers.resize(kept);
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
