#include "services/ingest/config.h"

namespace paperwire::ingest {

void Config::Declare(config::Settings& settings) {
  settings.List(&categories, "categories", "arXiv categories whose announcements are read.");
  settings.Flag(&once, "once", "Run one cycle, print how it went, and end: exit 0 or 1.");
  settings.Duration(&every, "every", "How often to look; every 15 minutes while a batch is due.",
                    std::chrono::minutes(15), std::chrono::hours(24));
  settings.Text(&from, "from", "Read the recorded answers in this directory instead, and end.");
  settings.Text(
      &since, "since",
      "Ask for every announcement date from this one (YYYY-MM-DD), at most 90 days back.");
  settings.Flag(&dry_run, "dry-run",
                "Look once, tell what each source answered, and end; needs no Kafka and no Redis.");
  settings.Flag(&print, "print", "With --dry-run: print the papers as JSON, one a line.");
  settings.Flag(&sample, "sample", "Publish the invented sample day instead, marked, and end.");
  settings.Flag(&probe, "probe", "Ask arXiv for one feed and end: exit 0 reachable, 69 not.");
  settings.Text(&feed_clock, "feed-clock", "Which day is now for the feed; data with --from.",
                {.choices = {"real", "data"}});
  settings.Text(&as_of, "as-of",
                "Take this for the time (2026-06-23T05:30:00Z) and mark the cycles as a replay.");
  settings.Text(&old_cross_lists, "old-cross-lists",
                "Whether an old paper that is newly cross-listed becomes a card, shown as such.",
                {.choices = {"ignore", "show"}});
  settings.Text(&contact, "contact", "How arXiv can reach you: told in the User-Agent.");
  settings.Text(&rss_url, "rss-url", "Where the announcement feeds are.");
  settings.Text(&listing_url, "listing-url", "Where the listing pages (/catchup) are.");
  settings.Text(&oai_url, "oai-url", "Where OAI-PMH is.");
  settings.Duration(&request_interval, "request-interval",
                    "Between two requests, over all hosts; arXiv asks for three seconds.",
                    std::chrono::milliseconds(0), std::chrono::minutes(10));
  settings.Text(&redis_url, "redis-url", "Redis, for what has been published already.",
                {.secret = true});
  kafka.Declare(settings);
}

}  // namespace paperwire::ingest
