// The HTML of arxiv.org: /list/<subject>/new and /catchup/<subject>/<date>.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/authors.h"
#include "libs/paper/text.h"
#include "tests/support/arxiv/pages.h"
#include "tests/support/arxiv/taxonomy.h"

namespace paperwire::arxiv {
namespace {

constexpr int kDaysBack = 91;

struct Listing {
  std::string subject;
  absl::CivilDay day;
  // Sorted by section.
  std::vector<Listed> entries;
  size_t skip = 0;
  size_t show = 2000;
  bool abstracts = true;

  size_t Count(size_t section) const;
};

enum Section : size_t { kNew, kCross, kReplacement };
constexpr std::array<std::string_view, 3> kHeadings = {"New", "Cross", "Replacement"};

size_t SectionOf(const Listed& entry) {
  return std::min<size_t>(static_cast<size_t>(entry.type), kReplacement);
}

size_t Listing::Count(size_t section) const {
  return static_cast<size_t>(
      std::count_if(entries.begin(), entries.end(),
                    [section](const Listed& entry) { return SectionOf(entry) == section; }));
}

std::string ShortDate(absl::CivilDay day) {
  return absl::FormatTime("%a, %d %b %Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

std::string LongDate(absl::CivilDay day) {
  return absl::FormatTime("%A, %e %B %Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

http::Response Page(int status, const std::string& title, const std::string& content) {
  return Answer(
      status, "text/html; charset=utf-8",
      fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\">\n"
                  "  <title>{}</title>\n</head>\n<body>\n<main>\n<div id='content-inner'>\n"
                  "<div id='dlpage'>\n{}</div>\n</div>\n</main>\n</body>\n</html>\n",
                  Escape(title), content));
}

http::Response BadRequest(const std::string& why) {
  return Page(400, "400 Bad Request",
              fmt::format("<h1>Bad Request</h1>\n<p>{}</p>\n", Escape(why)));
}

std::string Text(const std::string& raw) {
  return Escape(paper::CleanLine(paper::DecodeTex(raw)), true);
}

std::string AuthorLinks(const Paper& paper) {
  std::string html;
  for (const paper::AuthorName& author : paper::SplitAuthors(paper.authors)) {
    const size_t space = author.name.rfind(' ');
    const std::string family =
        space == std::string::npos ? author.name : author.name.substr(space + 1);
    html += fmt::format(
        "{}<a href=\"https://arxiv.org/search/{}?searchtype=author&amp;query={},+{}\">{}</a>",
        html.empty() ? "" : ", ", paper.primary().substr(0, paper.primary().find('.')),
        Escape(family, true), Escape(author.name.substr(0, 1), true), Escape(author.name, true));
  }
  return html.empty() ? "(author list is unavailable)" : html;
}

std::string Subjects(const Paper& paper) {
  std::string html;
  for (const std::string& category : paper.categories) {
    const std::string text = fmt::format("{} ({})", Escape(SubjectName(category), true), category);
    html +=
        html.empty() ? fmt::format("<span class=\"primary-subject\">{}</span>", text) : "; " + text;
  }
  return html;
}

std::string Field(const char* name, const char* css, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format(
      "        <div class='list-{0}'><span class='descriptor'>{1}:</span>\n          {2}\n"
      "        </div>\n",
      css, name, Text(text));
}

std::string Entry(const Listed& entry, size_t number, bool abstracts) {
  const Paper& paper = entry.paper;
  std::string kind;
  if (entry.type == AnnounceType::kCross) {
    kind = fmt::format("          (cross-list from {})\n", paper.primary());
  } else if (SectionOf(entry) == kReplacement) {
    kind = "          (replaced)\n";
  }
  std::string html = fmt::format(
      "<dt>\n      <a name='item{0}'>[{0}]</a>\n"
      "      <a href =\"/abs/{1}\" title=\"Abstract\" id=\"{1}\">\n        arXiv:{1}\n      </a>\n"
      "{2}        [<a href=\"/pdf/{1}\" title=\"Download PDF\" id=\"pdf-{1}\" "
      "aria-labelledby=\"pdf-{1}\">pdf</a>, <a href=\"https://arxiv.org/html/{1}v{3}\" "
      "title=\"View HTML\" id=\"html-{1}\" aria-labelledby=\"html-{1}\" rel=\"noopener "
      "noreferrer\" "
      "target=\"_blank\">html</a>, <a href=\"/format/{1}\" title=\"Other formats\" id=\"oth-{1}\" "
      "aria-labelledby=\"oth-{1}\">other</a>]\n    </dt>\n",
      number, paper.id, kind, entry.version);
  html += fmt::format(
      "    <dd>\n      <div class='meta'>\n"
      "        <div class='list-title mathjax'><span class='descriptor'>Title:</span>\n"
      "          {}\n        </div>\n        <div class='list-authors'>{}</div>\n",
      Text(paper.title), AuthorLinks(paper));
  html += Field("Comments", "comments mathjax", paper.comment);
  html += Field("Journal-ref", "journal-ref", paper.journal_ref);
  html += fmt::format(
      "        <div class='list-subjects'><span class='descriptor'>Subjects:</span>\n"
      "          {}\n        </div>\n",
      Subjects(paper));
  if (abstracts) {
    html += fmt::format("        <p class='mathjax'>\n          {}\n        </p>\n",
                        Text(paper.abstract));
  }
  return html + "      </div>\n    </dd>\n";
}

// "showing 79 of 79", "showing first 25 of 79", "continued, showing last 3 of 79".
std::string Showing(const Listing& listing, size_t section, size_t shown) {
  size_t start = 0;
  for (size_t before = 0; before < section; ++before) start += listing.Count(before);
  const size_t total = listing.Count(section);
  const bool continued = listing.skip > start;
  const bool last = listing.skip + listing.show >= start + total;
  std::string words = continued ? "continued, showing " : "showing ";
  if (continued && last) words += "last ";
  if (!continued && !last) words += "first ";
  return fmt::format("{}{} of {} entries", words, shown, total);
}

// Empty when nothing of the listing is on this page.
std::string Sections(const Listing& listing) {
  const size_t end = std::min(listing.entries.size(), listing.skip + listing.show);
  std::string html;
  size_t at = std::min(listing.skip, listing.entries.size());
  while (at < end) {
    const size_t section = SectionOf(listing.entries[at]);
    size_t stop = at;
    while (stop < end && SectionOf(listing.entries[stop]) == section) ++stop;
    html += fmt::format("<dl id='articles'>\n    <h3>{} submissions ({})</h3>\n",
                        std::string(kHeadings[section]), Showing(listing, section, stop - at));
    for (; at < stop; ++at) html += Entry(listing.entries[at], at + 1, listing.abstracts);
    html += "</dl>\n";
  }
  return html;
}

std::vector<Listed> Entries(const Scene& scene, const std::string& subject, absl::CivilDay day) {
  std::vector<Listed> entries = scene.world.ListedOn(subject, day);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Listed& a, const Listed& b) { return SectionOf(a) < SectionOf(b); });
  if (scene.Has(Fault::kNoResults)) entries.clear();
  return entries;
}

std::optional<size_t> Number(std::string_view text, size_t otherwise) {
  if (text.empty()) return otherwise;
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "cs", "cs.LG"; nothing for what is no subject.
std::optional<std::string> Subject(const std::string& text) {
  if (FindArchive(text) != nullptr || CanonicalCategory(text) == text) return text;
  return std::nullopt;
}

}  // namespace

http::Response ListPage(const Scene& scene) {
  const std::vector<std::string> parts = absl::StrSplit(scene.request.path, '/');
  const std::optional<std::string> subject = Subject(parts[2]);
  if (!subject || parts.size() != 4 || parts[3] != "new") return BadRequest("Invalid subject");
  // A day later than today's does not show before its announcement.
  std::optional<absl::CivilDay> day = scene.world.NewestDay(scene.now);
  if (day && scene.Has(Fault::kStale)) {
    const std::optional<absl::CivilDay> before = scene.world.NewestDay(scene.now, *day);
    if (before) day = before;
  }
  Listing listing{.subject = *subject,
                  .day = day.value_or(absl::ToCivilDay(scene.now, NewYorkZone())),
                  .entries = {}};
  listing.entries = Entries(scene, *subject, listing.day);
  listing.skip = Number(scene.request.Parameter("skip"), 0).value_or(0);
  listing.show = std::min(Number(scene.request.Parameter("show"), 2000).value_or(2000),
                          scene.options.listing_page_size);
  const std::string paging =
      listing.entries.empty()
          ? ""
          : fmt::format(
                "<div class='paging'>Total of {} entries\n</div>\n"
                "<div class='morefewer'>Showing up to {} entries per page:\n</div>\n",
                listing.entries.size(), listing.show);
  std::string sections = scene.Has(Fault::kEmptyPage) ? "" : Sections(listing);
  if (sections.empty()) sections = "<p>No updates today.</p>\n";
  return Page(
      200, SubjectName(*subject),
      fmt::format("<h1>{0}</h1>\n<ul>\n</ul>\n"
                  "<p>See <a id=\"recent-{1}\" aria-labelledby=\"recent-{1}\" "
                  "href=\"/list/{1}/recent\">recent</a> articles</p>\n"
                  "<h3>Showing new listings for {2}</h3>\n{3}{4}{3}",
                  Escape(SubjectName(*subject)), *subject,
                  absl::StrReplaceAll(LongDate(listing.day), {{"  ", " "}}), paging, sections));
}

http::Response CatchupPage(const Scene& scene) {
  const std::vector<std::string> parts = absl::StrSplit(scene.request.path, '/');
  if (parts.size() != 4) return BadRequest("Invalid subject");
  const std::optional<std::string> subject = Subject(parts[2]);
  if (!subject) {
    return BadRequest("Invalid subject. Subject must be an archive, category or 'grp_physics'");
  }
  const std::optional<absl::CivilDay> day = calendar::ParseDate(parts[3]);
  if (!day) return BadRequest("Invalid date format. Use format: YYYY-MM-DD");
  // The server compares with the date of its own clock.
  const absl::CivilDay today = absl::ToCivilDay(scene.now, absl::UTCTimeZone());
  if (*day < today - kDaysBack) {
    return BadRequest(
        fmt::format("Invalid date: {}. Catchup only allowed for past 90 days", parts[3]));
  }
  if (*day > today) {
    return BadRequest(
        fmt::format("Invalid date: {}. Can't request date later than today", parts[3]));
  }
  const std::string_view abstracts = scene.request.Parameter("abs");
  if (!abstracts.empty() && abstracts != "True" && abstracts != "False") {
    return BadRequest("Invalid abs value. Use ?abs=True or ?abs=False");
  }
  const std::optional<size_t> page = Number(scene.request.Parameter("page"), 1);
  if (!page || *page == 0) {
    return BadRequest("Invalid page value. Page value should be a positive integer");
  }
  Listing listing{.subject = *subject, .day = *day, .entries = {}};
  if (AnnouncedAt(*day) <= scene.now) listing.entries = Entries(scene, *subject, *day);
  listing.show = scene.options.listing_page_size;
  listing.skip = (*page - 1) * listing.show;
  listing.abstracts = abstracts == "True";

  const size_t total = listing.entries.size();
  const std::string date = ShortDate(*day);
  std::string paging = fmt::format("Total of {} entries for {}\n", total, date);
  if (total > listing.show) {
    paging += "View page:";
    for (size_t number = 1; (number - 1) * listing.show < total; ++number) {
      paging += number == *page
                    ? fmt::format("\n<span>{}</span>", number)
                    : fmt::format("\n<a href=/catchup/{0}/{1}?abs={2}&page={3}>{3}</a>", *subject,
                                  parts[3], listing.abstracts ? "True" : "False", number);
    }
    paging += "\n";
  }
  for (const absl::CivilDay next : scene.world.Days()) {
    if (next <= *day || AnnouncedAt(next) > scene.now) continue;
    paging += fmt::format(
        "<br>\n<a href=\"/catchup/{}/{}?abs={}&amp;page=1\">Continue catchup on {}</a>\n", *subject,
        calendar::FormatDate(next), listing.abstracts ? "True" : "False", ShortDate(next));
    break;
  }
  std::string sections = scene.Has(Fault::kEmptyPage) ? "" : Sections(listing);
  if (sections.empty()) {
    sections = *page > 1 ? fmt::format("<div>\nNo further updates for {}\n</div>\n", date)
                         : fmt::format("<div>\n<p>No updates for {}</p>\n</div>\n", date);
  }
  const std::string heading =
      fmt::format("Catchup results for {} on {}", SubjectName(*subject), date);
  return Page(200, heading,
              fmt::format("<h1>{}</h1>\n<ul>\n</ul>\n<div>\n{}</div>\n{}<div>\n{}</div>\n",
                          Escape(heading), paging, sections, paging));
}

}  // namespace paperwire::arxiv
