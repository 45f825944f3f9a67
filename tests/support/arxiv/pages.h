#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/http/server.h"
#include "tests/support/arxiv/arxiv_stand_in.h"
#include "tests/support/arxiv/world.h"

namespace paperwire::arxiv {

// What an answer is made from. Internal to the stand-in.
struct Scene {
  const World& world;
  const StandInOptions& options;
  const http::Request& request;
  // The request line's target.
  std::string_view target;
  absl::Time now;
  // When the feeds of the current day were built.
  absl::Time built;
  std::optional<Misbehaviour> fault = {};

  bool Has(Fault which) const { return fault && fault->fault == which; }
};

// One function an endpoint; the path has been seen to be its own. Pure.
http::Response FeedPage(const Scene& scene);
http::Response CatchupPage(const Scene& scene);
http::Response ListPage(const Scene& scene);
http::Response QueryPage(const Scene& scene);
http::Response OaiPage(const Scene& scene);

// Text for XML and HTML: & < > escaped, and the quotes as arXiv's templates do it.
std::string Escape(std::string_view text, bool quotes = false);

// "Tue, 23 Jun 2026 00:00:00 -0400".
std::string Rfc822(absl::Time time, absl::TimeZone zone);
absl::TimeZone NewYorkZone();
// Seconds from `now` to the next midnight of `zone`.
int64_t SecondsToMidnight(absl::Time now, absl::TimeZone zone);

http::Response Answer(int status, std::string content_type, std::string body);

}  // namespace paperwire::arxiv
