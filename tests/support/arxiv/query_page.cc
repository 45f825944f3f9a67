// The query API of export.arxiv.org, as it is since November 2025 and as it was before.
#include <algorithm>
#include <charconv>
#include <regex>
#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "libs/paper/arxiv_id.h"
#include "libs/paper/authors.h"
#include "libs/paper/text.h"
#include "tests/support/arxiv/pages.h"

namespace paperwire::arxiv {
namespace {

struct Query {
  std::string search;
  std::string ids;
  int64_t start = 0;
  int64_t count = 10;
  bool old_format = false;
};

struct Found {
  Record record;
  Version version;
};

std::string Utc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::optional<int64_t> Number(std::string_view text, int64_t otherwise) {
  if (text.empty()) return otherwise;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

http::Response ErrorFeed(const Scene& scene, const std::string& slug, const std::string& message) {
  const std::string link = "https://arxiv.org/api/errors#" + slug;
  return Answer(
      400, "application/atom+xml; charset=utf-8",
      fmt::format(
          "<?xml version='1.0' encoding='UTF-8'?>\n"
          "<feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" "
          "xmlns:arxiv=\"http://arxiv.org/schemas/atom\" xmlns=\"http://www.w3.org/2005/Atom\">\n"
          "  <id>https://arxiv.org/</id>\n  <title>arXiv Search Results</title>\n"
          "  <updated>{0}</updated>\n  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>\n"
          "  <opensearch:totalResults>1</opensearch:totalResults>\n"
          "  <opensearch:startIndex>0</opensearch:startIndex>\n  <entry>\n    <id>{1}</id>\n"
          "    <title>Error</title>\n    <updated>{0}</updated>\n"
          "    <link href=\"{1}\" rel=\"alternate\" type=\"text/html\"/>\n"
          "    <summary>{2}</summary>\n    <author>\n      <name>arXiv api core</name>\n"
          "    </author>\n  </entry>\n</feed>\n",
          Utc(scene.now), Escape(link, true), Escape(message)));
}

std::string ClearText(const std::string& text) { return paper::CleanLine(paper::DecodeTex(text)); }

// Wrapped at 80 columns, as the old server did.
std::string Wrap(const std::string& text) {
  std::string wrapped;
  size_t column = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column > 0 && column + word.size() > 79) {
      wrapped += "\n";
      column = 0;
    } else if (column > 0) {
      wrapped += " ";
      ++column;
    }
    wrapped.append(word.data(), word.size());
    column += word.size();
  }
  return wrapped;
}

std::string Authors(const Paper& paper) {
  std::string xml;
  for (const paper::AuthorName& author : paper::SplitAuthors(paper.authors)) {
    xml += fmt::format("    <author>\n      <name>{}</name>\n", Escape(author.name));
    for (const std::string& place : author.affiliations) {
      xml += fmt::format("      <arxiv:affiliation>{}</arxiv:affiliation>\n", Escape(place));
    }
    xml += "    </author>\n";
  }
  return xml;
}

std::string Categories(const Paper& paper) {
  std::string xml;
  for (const std::string& category : paper.categories) {
    xml += fmt::format("    <category term=\"{}\" scheme=\"http://arxiv.org/schemas/atom\"/>\n",
                       category);
  }
  return xml;
}

std::string Entry(const Found& found) {
  const Paper& paper = found.record.paper;
  const std::string id = fmt::format("{}v{}", paper.id, found.version.number);
  std::string xml = fmt::format(
      "  <entry>\n    <id>http://arxiv.org/abs/{0}</id>\n    <title>{1}</title>\n"
      "    <updated>{2}</updated>\n"
      "    <link href=\"https://arxiv.org/abs/{0}\" rel=\"alternate\" type=\"text/html\"/>\n"
      "    <link href=\"https://arxiv.org/pdf/{0}\" rel=\"related\" type=\"application/pdf\" "
      "title=\"pdf\"/>\n    <summary>{3}</summary>\n",
      id, Escape(ClearText(paper.title)), Utc(found.version.submitted),
      Escape(ClearText(paper.abstract)));
  xml += Categories(paper);
  xml += fmt::format("    <published>{}</published>\n", Utc(paper.versions.front().submitted));
  if (!paper.comment.empty()) {
    xml += fmt::format("    <arxiv:comment>{}</arxiv:comment>\n", Escape(ClearText(paper.comment)));
  }
  xml += fmt::format("    <arxiv:primary_category term=\"{}\"/>\n", paper.primary());
  if (!paper.journal_ref.empty()) {
    xml += fmt::format("    <arxiv:journal_ref>{}</arxiv:journal_ref>\n",
                       Escape(ClearText(paper.journal_ref)));
  }
  xml += Authors(paper);
  if (!paper.doi.empty()) {
    xml += fmt::format(
        "    <arxiv:doi>{0}</arxiv:doi>\n"
        "    <link rel=\"related\" href=\"https://doi.org/{0}\" title=\"doi\"/>\n",
        Escape(paper.doi, true));
  }
  return xml + "  </entry>\n";
}

std::string OldEntry(const Found& found) {
  constexpr const char* kArxiv = "xmlns:arxiv=\"http://arxiv.org/schemas/atom\"";
  const Paper& paper = found.record.paper;
  const std::string id = fmt::format("{}v{}", paper.id, found.version.number);
  std::string xml = fmt::format(
      "  <entry>\n    <id>http://arxiv.org/abs/{}</id>\n    <updated>{}</updated>\n"
      "    <published>{}</published>\n    <title>{}</title>\n    <summary>  {}\n</summary>\n",
      id, Utc(found.version.submitted), Utc(paper.versions.front().submitted),
      Escape(Wrap(ClearText(paper.title))), Escape(Wrap(ClearText(paper.abstract))));
  xml += absl::StrReplaceAll(
      Authors(paper), {{"<arxiv:affiliation>", fmt::format("<arxiv:affiliation {}>", kArxiv)}});
  if (!paper.comment.empty()) {
    xml += fmt::format("    <arxiv:comment {}>{}</arxiv:comment>\n", kArxiv,
                       Escape(ClearText(paper.comment)));
  }
  if (!paper.doi.empty()) {
    xml += fmt::format(
        "    <arxiv:doi {1}>{0}</arxiv:doi>\n"
        "    <link title=\"doi\" href=\"http://dx.doi.org/{0}\" rel=\"related\"/>\n",
        Escape(paper.doi, true), kArxiv);
  }
  xml += fmt::format(
      "    <link href=\"http://arxiv.org/abs/{0}\" rel=\"alternate\" type=\"text/html\"/>\n"
      "    <link title=\"pdf\" href=\"http://arxiv.org/pdf/{0}\" rel=\"related\" "
      "type=\"application/pdf\"/>\n"
      "    <arxiv:primary_category {1} term=\"{2}\" scheme=\"http://arxiv.org/schemas/atom\"/>\n",
      id, kArxiv, paper.primary());
  return xml + Categories(paper) + "  </entry>\n";
}

// The record and its version; nothing where arXiv has no such.
std::optional<Found> Look(const Scene& scene, const paper::ArxivId& id) {
  std::optional<Record> record = scene.world.Find(id.base, scene.now);
  if (!record) return std::nullopt;
  Version version = record->paper.versions.back();
  if (id.version > 0) {
    const auto& versions = record->paper.versions;
    const auto at = std::find_if(versions.begin(), versions.end(), [&id](const Version& one) {
      return one.number == static_cast<int>(id.version);
    });
    if (at == versions.end()) return std::nullopt;
    version = *at;
  }
  return Found{.record = *std::move(record), .version = version};
}

// 4 to 12 digits of a time in GMT, filled up to the first or the last minute.
absl::Time Moment(std::string digits, bool last) {
  const std::string fill = last ? "999912312359" : "000001010000";
  digits += fill.substr(std::min(digits.size(), fill.size()));
  absl::Time time;
  std::string error;
  absl::ParseTime("%E4Y%m%d%H%M", digits, absl::UTCTimeZone(), &time, &error);
  return time + (last ? absl::Seconds(59) : absl::ZeroDuration());
}

// cat: and id: terms (any of them) and a range of submission; what else is asked is taken as true.
bool Matches(const Record& record, const std::string& search) {
  static const std::regex kCategory(R"(cat:([A-Za-z.*-]+))");
  static const std::regex kRange(
      R"((?:submittedDate|lastUpdatedDate):\[(\d{4,12}) TO (\d{4,12})\])");
  std::smatch match;
  if (std::regex_search(search, match, kRange)) {
    // The range is of version 1, whatever the field is called.
    const absl::Time submitted = record.paper.versions.front().submitted;
    if (submitted < Moment(match[1], false) || submitted > Moment(match[2], true)) return false;
  }
  bool wanted = true;
  const auto end = std::sregex_iterator();
  for (auto at = std::sregex_iterator(search.begin(), search.end(), kCategory); at != end; ++at) {
    wanted = false;
    std::string term = (*at)[1];
    const bool prefix = term.ends_with('*');
    if (prefix) term.pop_back();
    for (const std::string& category : record.paper.categories) {
      if (category == term || (prefix && category.starts_with(term))) return true;
    }
  }
  return wanted;
}

std::vector<Found> Search(const Scene& scene, const std::string& search) {
  std::vector<Found> found;
  for (Record& record : scene.world.Records(scene.now)) {
    if (!Matches(record, search)) continue;
    const Version version = record.paper.versions.back();
    found.push_back({.record = std::move(record), .version = version});
  }
  const bool by_update = scene.request.Parameter("sortBy") == "lastUpdatedDate";
  std::stable_sort(found.begin(), found.end(), [by_update](const Found& a, const Found& b) {
    if (by_update) return a.version.submitted > b.version.submitted;
    return a.record.paper.versions.front().submitted > b.record.paper.versions.front().submitted;
  });
  if (scene.request.Parameter("sortOrder") == "ascending") std::reverse(found.begin(), found.end());
  return found;
}

std::string Head(const Scene& scene, const Query& query, size_t total) {
  const std::string asked = fmt::format("search_query={}&id_list={}&start={}&max_results={}",
                                        query.search, query.ids, query.start, query.count);
  const std::string id = fmt::format("{:016x}", std::hash<std::string>()(asked));
  if (query.old_format) {
    constexpr const char* kSearch = "xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\"";
    const absl::Time midnight =
        absl::FromCivil(absl::ToCivilDay(scene.now, NewYorkZone()), NewYorkZone());
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
        "  <link href=\"http://arxiv.org/api/query?{0}\" rel=\"self\" "
        "type=\"application/atom+xml\"/>\n"
        "  <title type=\"html\">ArXiv Query: {0}</title>\n  <id>http://arxiv.org/api/{1}</id>\n"
        "  <updated>{2}</updated>\n"
        "  <opensearch:totalResults {3}>{4}</opensearch:totalResults>\n"
        "  <opensearch:startIndex {3}>{5}</opensearch:startIndex>\n"
        "  <opensearch:itemsPerPage {3}>{6}</opensearch:itemsPerPage>\n",
        Escape(asked, true), id, absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", midnight, NewYorkZone()),
        kSearch, total, query.start, query.count);
  }
  return fmt::format(
      "<?xml version='1.0' encoding='UTF-8'?>\n"
      "<feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" "
      "xmlns:arxiv=\"http://arxiv.org/schemas/atom\" xmlns=\"http://www.w3.org/2005/Atom\">\n"
      "  <id>https://arxiv.org/api/{1}</id>\n  <title>arXiv Query: {0}</title>\n"
      "  <updated>{2}</updated>\n"
      "  <link href=\"https://arxiv.org/api/query?{0}\" type=\"application/atom+xml\"/>\n"
      "  <opensearch:itemsPerPage>{3}</opensearch:itemsPerPage>\n"
      "  <opensearch:totalResults>{4}</opensearch:totalResults>\n"
      "  <opensearch:startIndex>{5}</opensearch:startIndex>\n",
      Escape(asked, true), id, Utc(scene.now), query.count, total, query.start);
}

}  // namespace

http::Response QueryPage(const Scene& scene) {
  const auto start = Number(scene.request.Parameter("start"), 0);
  const auto count = Number(scene.request.Parameter("max_results"), 10);
  if (!start) return ErrorFeed(scene, "start_must_be_an_integer", "start must be an integer");
  if (!count) {
    return ErrorFeed(scene, "max_results_must_be_an_integer", "max_results must be an integer");
  }
  const Query query{.search = std::string(scene.request.Parameter("search_query")),
                    .ids = std::string(scene.request.Parameter("id_list")),
                    .start = *start,
                    .count = *count,
                    .old_format = scene.Has(Fault::kOldFormat)};
  // What the server's own arithmetic does with a page of nothing and with a page too far.
  if (query.count == 0 || query.count > 10000 || query.start + query.count > 10000) {
    return Answer(500, "text/html; charset=utf-8", "<html><body>Server Error</body></html>");
  }
  std::vector<Found> found;
  if (query.ids.empty()) {
    found = Search(scene, query.search);
  } else {
    const std::vector<std::string> ids = absl::StrSplit(query.ids, ',');
    for (const std::string& text : ids) {
      const absl::StatusOr<paper::ArxivId> id = paper::ParseArxivId(text);
      if (!id.ok() && text != "0000.0000") {
        return ErrorFeed(scene, "incorrect_id_format_for_" + text,
                         "incorrect id format for " + text);
      }
      std::optional<Found> one = id.ok() ? Look(scene, *id) : std::nullopt;
      if (one && Matches(one->record, query.search)) found.push_back(*std::move(one));
    }
  }
  if (scene.Has(Fault::kNoResults)) found.clear();
  std::string xml = Head(scene, query, found.size());
  const size_t first = std::min(found.size(), static_cast<size_t>(query.start));
  const size_t last = std::min(found.size(), first + static_cast<size_t>(query.count));
  for (size_t at = first; at < last && !scene.Has(Fault::kEmptyPage); ++at) {
    xml += query.old_format ? OldEntry(found[at]) : Entry(found[at]);
  }
  return Answer(200, "application/atom+xml; charset=utf-8", xml + "</feed>\n");
}

}  // namespace paperwire::arxiv
