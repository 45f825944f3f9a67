#include "services/ingest/arxiv_source.h"

#include <algorithm>
#include <utility>

#include "libs/calendar/calendar.h"
#include "libs/http/escape.h"
#include "libs/telemetry/log.h"
#include "services/ingest/coverage.h"
#include "services/ingest/merge.h"

namespace paperwire::ingest {
namespace {

// `batches` keeps 30 days: what is accounted for before that is not known.
constexpr int kKnownDays = 28;
// `new-paper` keeps 14, and with it what the seen-set is rebuilt from.
constexpr int kRestoredDays = 12;
// What changed while the last harvest was read may have slipped through its pages.
constexpr int kOverlapDays = 2;
constexpr int kLongestHarvestDays = 30;
constexpr int kMostPages = 60;
// A little less than a day, so that the look of the same hour asks.
constexpr absl::Duration kFruitlessPause = absl::Hours(23);
// Of dates that only OAI-PMH points to, in one look.
constexpr size_t kMostExtraDates = 10;

Reading Failed(Outcome outcome, std::string detail) {
  Reading reading;
  reading.outcome = outcome;
  reading.detail = std::move(detail);
  return reading;
}

bool HasPapers(const Reading& reading) {
  return reading.outcome == Outcome::kOk || reading.outcome == Outcome::kIncomplete;
}

// Adds it, and tells how far the look has come.
void AddTo(Harvest& harvest, const std::string& url, const std::string& category,
           Reading&& reading) {
  harvest.Add(url, category, std::move(reading));
  size_t papers = 0;
  for (const Reading& one : harvest.readings) papers += one.papers.size();
  const v1::SourceOutcome& outcome = harvest.outcomes.back();
  telemetry::Log(telemetry::Level::kInfo, "arXiv answered",
                 {{"url", url},
                  {"outcome", outcome.outcome()},
                  {"papers", static_cast<int64_t>(outcome.records())},
                  {"so_far", static_cast<int64_t>(papers)}});
}

// Whether it was asked for in vain too often, and too lately.
bool IsSpared(absl::CivilDay date, const Known& known) {
  const auto batch = known.batches.find(date);
  if (batch == known.batches.end() || batch->second.fruitless_looks() < kFruitlessLooks) {
    return false;
  }
  const int64_t last = batch->second.last_fruitless_look().seconds();
  return known.now - absl::FromUnixSeconds(last) < kFruitlessPause;
}

absl::CivilDay UtcDay(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

}  // namespace

std::string OaiSetOf(const std::string& category) {
  static const std::set<std::string, std::less<>> kPhysics = {
      "astro-ph", "cond-mat", "gr-qc",   "hep-ex",  "hep-lat", "hep-ph",  "hep-th",
      "math-ph",  "nlin",     "nucl-ex", "nucl-th", "physics", "quant-ph"};
  const size_t dot = category.find('.');
  const std::string archive = category.substr(0, dot);
  std::string set = (kPhysics.contains(archive) ? "physics" : archive) + ":" + archive;
  if (dot != std::string::npos) set += ":" + category.substr(dot + 1);
  return set;
}

absl::StatusOr<std::vector<absl::CivilDay>> Unaccounted(const Known& known,
                                                        const std::vector<std::string>& categories,
                                                        std::optional<absl::CivilDay> since) {
  const absl::CivilDay today = calendar::DateInNewYork(known.now);
  const absl::CivilDay due = calendar::NewestDue(known.now);
  absl::CivilDay from = calendar::OldestInWindow(today);
  for (const auto& [date, batch] : known.batches) {
    if (today - date > kKnownDays || !IsListed(batch, categories)) continue;
    from = std::min(from, date);
    break;
  }
  if (since) from = std::min(from, std::max(*since, today - (ArxivSource::kCatchupDays - 1)));

  std::vector<absl::CivilDay> dates;
  for (absl::CivilDay date = due; date >= from; --date) {
    const auto batch = known.batches.find(date);
    if (batch == known.batches.end()) {
      if (calendar::IsAnnouncementDate(date)) dates.push_back(date);
      continue;
    }
    if (!IsListed(batch->second, categories)) {
      dates.push_back(date);
      continue;
    }
    // Of older dates the seen-set knows nothing after a loss.
    if (today - date > kRestoredDays) continue;
    std::set<std::string> ids(batch->second.paper_ids().begin(), batch->second.paper_ids().end());
    const auto seen = known.seen.Find(ids);
    if (!seen.ok()) return seen.status();
    if (seen->size() < ids.size()) dates.push_back(date);
  }
  return dates;
}

Reading ArxivSource::Ask(const std::string& url, bool conditional, std::string_view format,
                         std::stop_token stop) {
  Answer answer = arxiv_.Ask(url, conditional, std::move(stop));
  if (answer.outcome != Outcome::kOk) return Failed(answer.outcome, std::move(answer.detail));
  Reading reading = Read(answer.body, latest_);
  const bool good = HasPapers(reading) || IsGood(reading.outcome);
  if (good && (reading.format != format || reading.outcome == Outcome::kNoPapers)) {
    const std::string got = reading.format == format ? "one without papers" : reading.format;
    return Failed(Outcome::kUnknown, "asked for " + std::string(format) + ", got " + got);
  }
  return reading;
}

// A feed of another category than the one asked for must not count for it.
void ArxivSource::RefuseAnother(const std::string& category, Reading& reading) {
  if (!HasPapers(reading) && reading.outcome != Outcome::kEmpty) return;
  if (reading.category.empty()) reading.category = category;
  if (reading.category == category) return;
  reading = Failed(Outcome::kUnknown, "asked for " + category + ", got " + reading.category);
}

void ArxivSource::ReadFeeds(Harvest& harvest, std::stop_token stop) {
  for (const std::string& category : options_.categories) {
    const std::string url = options_.rss_url + "/rss/" + category;
    Reading reading = Ask(url, /*conditional=*/true, "rss", stop);
    if (HasPapers(reading)) {
      const auto undated =
          std::find_if(reading.papers.begin(), reading.papers.end(),
                       [](const v1::Paper& paper) { return paper.announced().empty(); });
      if (undated != reading.papers.end()) {
        reading = Failed(Outcome::kNoDate, undated->arxiv_id() + " has no announcement date");
      }
    }
    RefuseAnother(category, reading);
    AddTo(harvest, url, category, std::move(reading));
  }
}

void ArxivSource::ReadListings(const std::vector<absl::CivilDay>& dates, Harvest& harvest,
                               std::stop_token stop) {
  for (const absl::CivilDay date : dates) {
    for (const std::string& category : options_.categories) {
      ReadListing(category, date, harvest, stop);
    }
  }
}

void ArxivSource::ReadListing(const std::string& category, absl::CivilDay date, Harvest& harvest,
                              std::stop_token stop) {
  const std::string base = options_.listing_url + "/catchup/" + category + "/" +
                           calendar::FormatDate(date) + "?abs=True&page=";
  for (int page = 1; page <= kMostPages; ++page) {
    Reading reading = Ask(base + std::to_string(page), /*conditional=*/false, "listing", stop);
    const bool good = HasPapers(reading) || reading.outcome == Outcome::kEmpty;
    if (good && reading.announced && *reading.announced != date) {
      reading = Failed(Outcome::kUnknown, "asked for " + calendar::FormatDate(date) + ", got " +
                                              calendar::FormatDate(*reading.announced));
    }
    if (good && !reading.announced) reading.announced = date;
    // Not what the page says: of two names of one category arXiv uses its own.
    if (good) reading.category = category;
    const bool more = reading.listing.more && !reading.papers.empty();
    AddTo(harvest, base + std::to_string(page), category, std::move(reading));
    if (!more) return;
  }
}

void ArxivSource::TellAhead(const Known& known, absl::CivilDay newest,
                            const Harvest& so_far) const {
  if (!known.ahead) return;
  const Coverage coverage = WhatListingsCover(so_far.readings);
  const bool whole = std::all_of(options_.categories.begin(), options_.categories.end(),
                                 [&](const std::string& category) {
                                   return coverage.contains({newest, category});
                                 });
  if (whole) known.ahead(so_far, newest);
}

void ArxivSource::NoteFruitless(const std::vector<absl::CivilDay>& dates, Harvest& harvest) const {
  const Coverage coverage = WhatListingsCover(harvest.readings);
  for (const absl::CivilDay date : dates) {
    std::string categories;
    for (const std::string& category : options_.categories) {
      if (coverage.contains({date, category})) continue;
      // What arXiv did not answer at all is no fault of the listing.
      const bool read = std::any_of(
          harvest.readings.begin(), harvest.readings.end(), [&](const Reading& reading) {
            return reading.format == "listing" && reading.announced == date &&
                   (reading.category == category || reading.category.empty());
          });
      if (read) categories += (categories.empty() ? "" : ", ") + category;
    }
    if (!categories.empty()) harvest.fruitless[date] = categories;
  }
}

void ArxivSource::ReadRecords(absl::CivilDay from, Harvest& harvest, std::stop_token stop) {
  std::optional<absl::Time> oldest;
  bool whole = true;
  for (const std::string& category : options_.categories) {
    const auto at = ReadSet(category, from, harvest, stop);
    whole = whole && at.has_value();
    if (at) oldest = oldest ? std::min(*oldest, *at) : *at;
  }
  if (!whole || !oldest) return;
  harvest.records_since = from;
  harvest.records_at = *oldest;
}

std::optional<absl::Time> ArxivSource::ReadSet(const std::string& category, absl::CivilDay from,
                                               Harvest& harvest, std::stop_token stop) {
  const std::string first = options_.oai_url + "?verb=ListRecords&metadataPrefix=arXivRaw&set=" +
                            http::EscapeQueryValue(OaiSetOf(category)) +
                            "&from=" + calendar::FormatDate(from);
  std::string url = first;
  std::optional<absl::Time> at;
  std::set<std::string> tokens;
  bool again = false;
  for (int page = 1; page <= kMostPages; ++page) {
    Reading reading = Ask(url, /*conditional=*/false, "oai", stop);
    const bool none = reading.outcome == Outcome::kOaiNoRecords && page == 1;
    if (reading.outcome == Outcome::kOaiBadToken && !again) {
      // Tokens die at midnight UTC: once from the start.
      again = true;
      tokens.clear();
      at.reset();
      url = first;
      AddTo(harvest, url, category, std::move(reading));
      harvest.made_up_for.push_back(harvest.readings.size() - 1);
      continue;
    }
    if (!HasPapers(reading) && !none) {
      AddTo(harvest, url, category, std::move(reading));
      return std::nullopt;
    }
    if (!at) at = reading.oai.response_date;
    // Days of changes without one: an answer that arXiv's cache has kept. Nothing failed, but it
    // tells nothing either.
    if (none) at.reset();
    const std::string token = reading.oai.resumption_token;
    if (!token.empty() && !tokens.insert(token).second) {
      reading = Failed(Outcome::kOaiError, "the same resumption token twice");
      AddTo(harvest, url, category, std::move(reading));
      return std::nullopt;
    }
    AddTo(harvest, url, category, std::move(reading));
    if (token.empty()) return at;
    url = options_.oai_url + "?verb=ListRecords&resumptionToken=" + http::EscapeQueryValue(token);
  }
  AddTo(harvest, url, category,
        Failed(Outcome::kTooLarge, "more than " + std::to_string(kMostPages) + " pages"));
  return std::nullopt;
}

absl::StatusOr<Harvest> ArxivSource::Collect(const Known& known, std::stop_token stop) {
  Harvest harvest;
  const uint32_t requests_before = arxiv_.requests();
  arxiv_.Drop();
  since_asked_ = false;
  latest_ = UtcDay(known.now) + 2;
  ReadFeeds(harvest, stop);

  const absl::CivilDay due = calendar::NewestDue(known.now);
  const bool out =
      std::any_of(harvest.readings.begin(), harvest.readings.end(), [&](const Reading& reading) {
        return std::any_of(
            reading.papers.begin(), reading.papers.end(),
            [&](const v1::Paper& paper) { return paper.announced() >= calendar::FormatDate(due); });
      });
  if (known.glance && !out) {
    harvest.requests = arxiv_.requests() - requests_before;
    return harvest;
  }

  auto dates = Unaccounted(known, options_.categories, options_.since);
  if (!dates.ok()) return dates.status();
  const bool open = std::find(dates->begin(), dates->end(), due) != dates->end();
  std::erase_if(*dates, [&known](absl::CivilDay date) { return IsSpared(date, known); });
  since_asked_ = true;
  harvest.oldest = calendar::OldestInWindow(calendar::DateInNewYork(known.now));
  if (!dates->empty()) harvest.oldest = std::min(*harvest.oldest, dates->back());
  harvest.newest = due;
  if (dates->size() > 1 && dates->front() == due) {
    ReadListings({due}, harvest, stop);
    TellAhead(known, due, harvest);
    ReadListings({dates->begin() + 1, dates->end()}, harvest, stop);
  } else {
    ReadListings(*dates, harvest, stop);
  }
  NoteFruitless(*dates, harvest);

  const auto last = known.seen.Harvested();
  if (!last.ok()) return last.status();
  const absl::CivilDay today = UtcDay(known.now);
  absl::CivilDay from =
      *last ? **last - kOverlapDays
            : calendar::OldestInWindow(calendar::DateInNewYork(known.now)) - kOverlapDays;
  if (!dates->empty()) from = std::min(from, dates->back());
  // Never today: an answer without records may be kept by arXiv's cache until midnight.
  from = std::clamp(from, today - kLongestHarvestDays, today - 1);
  ReadRecords(from, harvest, stop);

  // Papers that only OAI-PMH knows: the listing says when they were announced.
  std::set<std::string> ids;
  for (const Reading& reading : harvest.readings) {
    for (const v1::Paper& paper : reading.papers) ids.insert(paper.arxiv_id());
  }
  const auto seen = known.seen.Find(ids);
  if (!seen.ok()) return seen.status();
  std::vector<absl::CivilDay> extra;
  const Merged merged =
      Merge(harvest.readings, *seen,
            {.known = &known.batches, .oldest = harvest.oldest, .newest = harvest.newest});
  for (auto day = merged.to_list.rbegin(); day != merged.to_list.rend(); ++day) {
    const absl::CivilDay date = *day;
    const bool asked = std::find(dates->begin(), dates->end(), date) != dates->end();
    const bool in_reach = date <= due && calendar::DateInNewYork(known.now) - date < kCatchupDays;
    if (!asked && in_reach && extra.size() < kMostExtraDates) extra.push_back(date);
  }
  ReadListings(extra, harvest, stop);

  // A feed that failed is made up for by the listing of the newest date.
  const Coverage coverage = WhatListingsCover(harvest.readings);
  const bool accounted = known.batches.contains(due) && !open;
  for (size_t i = 0; i < options_.categories.size() && i < harvest.readings.size(); ++i) {
    const auto listing = coverage.find({due, options_.categories[i]});
    const bool listed = listing != coverage.end() && !listing->second.ids.empty();
    if (!IsGood(harvest.readings[i].outcome) && (listed || accounted)) {
      harvest.made_up_for.push_back(i);
    }
  }
  harvest.requests = arxiv_.requests() - requests_before;
  return harvest;
}

void ArxivSource::Settle() {
  arxiv_.Keep();
  if (std::exchange(since_asked_, false)) options_.since.reset();
}

}  // namespace paperwire::ingest
