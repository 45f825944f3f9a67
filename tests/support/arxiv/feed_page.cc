// rss.arxiv.org, in both formats.
#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "tests/support/arxiv/pages.h"
#include "tests/support/arxiv/taxonomy.h"

namespace paperwire::arxiv {
namespace {

constexpr std::string_view kDeclaration = "<?xml version='1.0' encoding='UTF-8'?>\n";
constexpr std::string_view kNamespaces =
    "xmlns:arxiv=\"http://arxiv.org/schemas/atom\" "
    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"";

struct Feed {
  bool rss = true;
  // As asked: "cs.LG+stat.ML".
  std::string spec = {};
  std::string title = {};
  std::string description = {};
  bool error = false;
  absl::CivilDay day;
  absl::Time built;
  std::vector<Listed> items = {};

  std::string url() const {
    return fmt::format("http://rss.arxiv.org/{}/{}", rss ? "rss" : "atom", Escape(spec, true));
  }
};

// The canonical names of "cs.lg+stat"; an error in arXiv's words is left to `error`.
std::vector<std::string> ParseSpec(const std::string& spec, std::string& error) {
  std::vector<std::string> names;
  const std::vector<std::string> parts = absl::StrSplit(spec, absl::ByAnyChar("+ "));
  for (const std::string& part : parts) {
    const std::string archive_id =
        absl::AsciiStrToLower(std::string(part.substr(0, part.find('.'))));
    const Archive* archive = FindArchive(archive_id);
    const std::optional<std::string> category = CanonicalCategory(part);
    if (archive == nullptr) {
      std::vector<std::string> known;
      for (const Archive& one : Archives()) known.push_back(one.id);
      error = fmt::format("Bad archive '{}'. Valid archive names are: {}.", archive_id,
                          absl::StrJoin(known, ", "));
    } else if (part.find('.') == std::string::npos) {
      names.push_back(archive_id);
    } else if (category) {
      names.push_back(*category);
    } else {
      error =
          fmt::format("Bad subject class '{}'. Valid subject classes for the archive '{}' are: ",
                      part.substr(part.find('.') + 1), archive_id);
      for (const std::string& name : archive->classes) {
        error +=
            fmt::format("{}{}.{}", name == archive->classes.front() ? "" : ", ", archive_id, name);
      }
      error += ".";
    }
  }
  return names;
}

std::vector<Listed> Collect(const Scene& scene, const std::vector<std::string>& names,
                            absl::CivilDay day) {
  std::map<std::string, Listed> by_id;
  for (const std::string& name : names) {
    for (Listed& listed : scene.world.ListedOn(name, day)) {
      const auto found = by_id.find(listed.paper.id);
      if (found != by_id.end() && found->second.type <= listed.type) continue;
      by_id.insert_or_assign(listed.paper.id, std::move(listed));
    }
  }
  std::vector<Listed> items;
  for (auto& [id, listed] : by_id) items.push_back(std::move(listed));
  std::stable_sort(items.begin(), items.end(),
                   [](const Listed& a, const Listed& b) { return a.type < b.type; });
  // The limit is put on the reverse order, so that new papers go first.
  if (items.size() > scene.options.feed_limit) {
    items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(scene.options.feed_limit));
  }
  return items;
}

std::string Description(const Listed& item) {
  return Escape(fmt::format("arXiv:{}v{} Announce Type: {} \nAbstract: {}", item.paper.id,
                            item.version, std::string(Name(item.type)), item.paper.abstract));
}

// The elements that both formats have, indented.
std::string Extensions(const Listed& item, const char* indent) {
  const Paper& paper = item.paper;
  std::string xml = fmt::format("{}<arxiv:announce_type>{}</arxiv:announce_type>\n", indent,
                                std::string(Name(item.type)));
  const auto add = [&xml, indent](const char* name, const std::string& text) {
    if (!text.empty()) xml += fmt::format("{0}<{1}>{2}</{1}>\n", indent, name, Escape(text));
  };
  add("dc:rights", paper.license);
  add("arxiv:DOI", paper.doi);
  add("arxiv:journal_reference", paper.journal_ref);
  add("dc:creator", absl::StrReplaceAll(paper.authors, {{" and ", ", "}, {"\n", " "}}));
  return xml;
}

std::string RssItem(const Listed& item, const std::string& date) {
  std::string xml = fmt::format(
      "    <item>\n      <title>{}</title>\n      <link>https://arxiv.org/abs/{}</link>\n"
      "      <description>{}</description>\n"
      "      <guid isPermaLink=\"false\">oai:arXiv.org:{}v{}</guid>\n",
      Escape(item.paper.title), item.paper.id, Description(item), item.paper.id, item.version);
  for (const std::string& category : item.paper.categories) {
    xml += fmt::format("      <category>{}</category>\n", category);
  }
  xml += fmt::format("      <pubDate>{}</pubDate>\n", date);
  return xml + Extensions(item, "      ") + "    </item>\n";
}

std::string Rss(const Feed& feed) {
  const std::string date = Rfc822(absl::FromCivil(feed.day, NewYorkZone()), NewYorkZone());
  std::string xml(kDeclaration);
  xml += fmt::format(
      "<rss {} xmlns:atom=\"http://www.w3.org/2005/Atom\" "
      "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" version=\"2.0\">\n  <channel>\n",
      std::string(kNamespaces));
  xml += fmt::format(
      "    <title>{0}</title>\n    <link>{1}</link>\n    <description>{2}</description>\n"
      "    <atom:link href=\"{1}\" rel=\"self\" type=\"application/rss+xml\"/>\n",
      Escape(feed.title), feed.url(), Escape(feed.description));
  xml += fmt::format(
      "    <docs>http://www.rssboard.org/rss-specification</docs>\n"
      "    <language>en-us</language>\n    <lastBuildDate>{}</lastBuildDate>\n"
      "    <managingEditor>{}</managingEditor>\n    <pubDate>{}</pubDate>\n",
      Rfc822(feed.built, absl::UTCTimeZone()),
      feed.error ? "rss-help.arxiv.org" : "rss-help@arxiv.org", date);
  if (!feed.error) {
    // The order is that of a set, and differs between builds.
    const bool saturday_first = absl::ToUnixSeconds(feed.built) % 2 == 0;
    xml +=
        fmt::format("    <skipDays>\n      <day>{}</day>\n      <day>{}</day>\n    </skipDays>\n",
                    saturday_first ? "Saturday" : "Sunday", saturday_first ? "Sunday" : "Saturday");
  }
  for (const Listed& item : feed.items) xml += RssItem(item, date);
  return xml + "  </channel>\n</rss>\n";
}

std::string AtomEntry(const Listed& item, const Feed& feed, int64_t microseconds) {
  const absl::Time updated = feed.built + absl::Microseconds(microseconds);
  std::string xml = fmt::format(
      "  <entry>\n    <id>oai:arXiv.org:{}v{}</id>\n    <title>{}</title>\n"
      "    <updated>{}</updated>\n"
      "    <link href=\"https://arxiv.org/abs/{}\" rel=\"alternate\" type=\"text/html\"/>\n"
      "    <summary>{}</summary>\n",
      item.paper.id, item.version, Escape(item.paper.title),
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6S%Ez", updated, absl::UTCTimeZone()), item.paper.id,
      Description(item));
  for (const std::string& category : item.paper.categories) {
    xml += fmt::format("    <category term=\"{}\"/>\n", category);
  }
  xml += fmt::format("    <published>{}</published>\n",
                     absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez",
                                      absl::FromCivil(feed.day, NewYorkZone()), NewYorkZone()));
  return xml + Extensions(item, "    ") + "  </entry>\n";
}

std::string Atom(const Feed& feed) {
  std::string xml(kDeclaration);
  xml += fmt::format("<feed {} xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en-us\">\n",
                     std::string(kNamespaces));
  xml += fmt::format(
      "  <id>{0}</id>\n  <title>{1}</title>\n  <updated>{2}</updated>\n"
      "  <link href=\"{0}\" rel=\"self\" type=\"application/atom+xml\"/>\n"
      "  <subtitle>{3}</subtitle>\n",
      feed.url(), Escape(feed.title),
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6S%Ez", feed.built + absl::Microseconds(506915),
                       absl::UTCTimeZone()),
      Escape(feed.description));
  // arXiv makes the last entry first.
  int64_t microseconds = 511000 + 10 * static_cast<int64_t>(feed.items.size());
  for (const Listed& item : feed.items) xml += AtomEntry(item, feed, microseconds -= 9);
  return xml + "</feed>\n";
}

// The day whose batch is shown, which is not always today's.
absl::CivilDay BatchDay(const Scene& scene, absl::CivilDay today) {
  if (scene.Has(Fault::kStale)) return scene.world.NewestDay(scene.now, today).value_or(today);
  if (scene.Has(Fault::kRepeat)) {
    return scene.world.NewestDay(scene.now, today + 1).value_or(today);
  }
  return today;
}

}  // namespace

http::Response FeedPage(const Scene& scene) {
  Feed feed;
  feed.rss = scene.request.path.starts_with("/rss/");
  feed.spec = scene.request.path.substr(feed.rss ? 5 : 6);
  feed.built = scene.built;
  const absl::CivilDay today = absl::ToCivilDay(scene.now, NewYorkZone());
  feed.day = scene.Has(Fault::kDateBehind) ? today - 1 : today;

  std::string error;
  const std::vector<std::string> names = ParseSpec(feed.spec, error);
  if (!scene.request.Parameter("version").empty() && scene.request.Parameter("version") != "2.0") {
    error = fmt::format("Unsupported RSS version '{}' requested.",
                        std::string(scene.request.Parameter("version")));
  }
  feed.error = !error.empty();
  const std::string joined = absl::StrJoin(names, ", ");
  feed.title =
      feed.error ? "Feed error for query: " + feed.url() : joined + " updates on arXiv.org";
  feed.description = feed.error ? error : joined + " updates on the arXiv.org e-print archive.";
  if (!feed.error && !scene.Has(Fault::kNoResults)) {
    feed.items = Collect(scene, names, BatchDay(scene, today));
  }
  if (scene.Has(Fault::kDropNew)) {
    int left = scene.fault->count;
    std::erase_if(feed.items, [&left](const Listed& item) {
      return item.type == AnnounceType::kNew && left-- > 0;
    });
  }
  http::Response response =
      Answer(feed.error ? 400 : 200, feed.rss ? "application/rss+xml" : "application/atom+xml",
             feed.rss ? Rss(feed) : Atom(feed));
  response.headers.emplace_back(
      "Cache-Control", fmt::format("max-age={}", SecondsToMidnight(scene.now, NewYorkZone())));
  return response;
}

}  // namespace paperwire::arxiv
