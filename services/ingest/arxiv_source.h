#pragma once

#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/ingest/arxiv.h"
#include "services/ingest/source.h"

namespace paperwire::ingest {

// What arXiv announced, and what exists, over the network:
//  1. the announcement feed of each category (a joined feed may lose papers to arXiv's limit of
//     2,000 entries);
//  2. the listing pages (/catchup) of the newest date once it is out, and of every earlier date
//  that
//     is not accounted for: days missed, and days cut short. A first start, and one after an
//     absence longer than `batches` reaches back, asks for the window's seven days;
//  3. OAI-PMH, what changed since two days before the last harvest;
//  4. the listing of dates of which only OAI-PMH knows papers.
// A date whose listing was read six times in a row and did not hold what it declares is asked for
// only once a day from then on.
// The newest comes first, and is told of ahead where older dates are to be read after it. Not
// thread-safe.
class ArxivSource final : public Source {
 public:
  // arXiv lists what it announced for so many days.
  static constexpr int kCatchupDays = 90;

  struct Options {
    std::vector<std::string> categories = {};
    std::string rss_url = "https://rss.arxiv.org";
    std::string listing_url = "https://arxiv.org";
    std::string oai_url = "https://oaipmh.arxiv.org/oai";
    // The first look goes back to this date, at most 90 days.
    std::optional<absl::CivilDay> since = {};
  };

  ArxivSource(Arxiv& arxiv, Options options) : arxiv_(arxiv), options_(std::move(options)) {}

  absl::StatusOr<Harvest> Collect(const Known& known, std::stop_token stop) override;
  void Settle() override;

 private:
  // Reads one answer; a good one is `what` it was asked for, or it is kUnknown.
  Reading Ask(const std::string& url, bool conditional, std::string_view format,
              std::stop_token stop);
  static void RefuseAnother(const std::string& category, Reading& reading);
  void ReadFeeds(Harvest& harvest, std::stop_token stop);
  void ReadListings(const std::vector<absl::CivilDay>& dates, Harvest& harvest,
                    std::stop_token stop);
  // Tells of the newest date, when it was read whole.
  void TellAhead(const Known& known, absl::CivilDay newest, const Harvest& so_far) const;
  void ReadListing(const std::string& category, absl::CivilDay date, Harvest& harvest,
                   std::stop_token stop);
  void ReadRecords(absl::CivilDay from, Harvest& harvest, std::stop_token stop);
  // Notes which of `dates` were read, but not whole.
  void NoteFruitless(const std::vector<absl::CivilDay>& dates, Harvest& harvest) const;
  // Every page of a category's set; when the answer was made, or nothing when a page is missing.
  std::optional<absl::Time> ReadSet(const std::string& category, absl::CivilDay from,
                                    Harvest& harvest, std::stop_token stop);

  Arxiv& arxiv_;
  Options options_;
  // Whether the last look went back to `since`.
  bool since_asked_ = false;
  // No date after this is believed.
  absl::CivilDay latest_ = kLatest;
};

// The dates before and including `due` to be asked for again, newest first: those that
// announcements are to be expected on and that are not accounted for, from the first one known to
// be (four weeks back at most), from the window's oldest or from `since`, whichever is earliest. A
// date is accounted for when arXiv's listing was read for every category and all its papers were
// published. Errors: the seen-set's.
absl::StatusOr<std::vector<absl::CivilDay>> Unaccounted(const Known& known,
                                                        const std::vector<std::string>& categories,
                                                        std::optional<absl::CivilDay> since);

// OAI-PMH's name for a category's set: "cs:cs:LG", "physics:hep-th".
std::string OaiSetOf(const std::string& category);

}  // namespace paperwire::ingest
