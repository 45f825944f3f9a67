#include "fmt/format.h"
#include "libs/calendar/calendar.h"
#include "libs/paper/authors.h"
#include "libs/paper/text.h"
#include "tests/support/arxiv/oai.h"
#include "tests/support/arxiv/pages.h"
#include "tests/support/arxiv/taxonomy.h"

namespace paperwire::arxiv::oai {
namespace {

constexpr std::string_view kInstance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

std::string Day(absl::Time time) {
  return calendar::FormatDate(absl::ToCivilDay(time, absl::UTCTimeZone()));
}

std::string Element(const char* name, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("            <{0}>{1}</{0}>\n", name, Escape(text, true));
}

// tex2utf, which all formats but arXivRaw go through.
std::string Clear(const std::string& text) { return paper::DecodeTex(text); }

std::string Categories(const Paper& paper) {
  std::string text;
  for (const std::string& category : paper.categories) {
    text += (text.empty() ? "" : " ") + category;
  }
  return text;
}

struct PersonName {
  std::string family = {};
  std::string given = {};
  std::string suffix = {};
};

PersonName SplitName(const std::string& name) {
  PersonName person{.family = name};
  for (const char* suffix : {"Jr.", "Jr", "Sr.", "III", "II"}) {
    const std::string end = std::string(" ") + suffix;
    if (!person.family.ends_with(end)) continue;
    person.suffix = suffix;
    person.family.resize(person.family.size() - end.size());
    break;
  }
  const size_t space = person.family.rfind(' ');
  if (space != std::string::npos) {
    person.given = person.family.substr(0, space);
    person.family = person.family.substr(space + 1);
  }
  return person;
}

std::string RawMetadata(const Paper& paper) {
  std::string xml = fmt::format(
      "        <arXivRaw xmlns=\"http://arxiv.org/OAI/arXivRaw/\" {} "
      "xsi:schemaLocation=\"http://arxiv.org/OAI/arXivRaw/ "
      "https://oaipmh.arxiv.org/OAI/arXivRaw.xsd\">\n        <id>{}</id>\n",
      std::string(kInstance), paper.id);
  xml += fmt::format("        <submitter>{}</submitter>\n",
                     Escape(paper.submitter.empty() ? "A. Submitter" : paper.submitter, true));
  for (const Version& version : paper.versions) {
    xml += fmt::format(
        "            <version version=\"v{}\">\n                <date>{}</date>\n"
        "                <size>{}kb</size>\n",
        version.number,
        absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", version.submitted, absl::UTCTimeZone()),
        version.withdrawn ? 0 : version.kilobytes);
    if (version.withdrawn) xml += "                    <source_type>I</source_type>\n";
    xml += "            </version>\n";
  }
  xml += fmt::format(
      "        <title>{}</title>\n        <authors>{}</authors>\n"
      "        <categories>{}</categories>\n",
      Escape(paper.title, true), Escape(paper.authors, true), Categories(paper));
  xml += Element("comments", paper.comment);
  xml += Element("report-no", paper.report_no);
  // A defect of the server: the class of ACM is that of the MSC.
  xml += Element("acm-class", paper.msc_class);
  xml += Element("msc-class", paper.msc_class);
  xml += Element("journal-ref", paper.journal_ref);
  xml += Element("doi", paper.doi);
  xml += Element("license", paper.license);
  return xml + Element("abstract", paper.abstract) + "    </arXivRaw>\n";
}

std::string ArxivMetadata(const Record& record, bool v1_created) {
  const Paper& paper = record.paper;
  std::string xml = fmt::format(
      "        <arXiv xmlns=\"http://arxiv.org/OAI/arXiv/\" {} "
      "xsi:schemaLocation=\"http://arxiv.org/OAI/arXiv/ https://oaipmh.arxiv.org/OAI/arXiv.xsd\">\n"
      "        <id>{}</id>\n        <created>{}</created>\n",
      std::string(kInstance), paper.id,
      Day(v1_created ? paper.versions.front().submitted : paper.versions.back().submitted));
  xml += Element("updated", Day(record.modified)) + "        <authors>\n";
  for (const paper::AuthorName& author : paper::SplitAuthors(paper.authors)) {
    const PersonName person = SplitName(author.name);
    xml += "                <author>\n" + Element("keyname", person.family) +
           Element("forenames", person.given) + Element("suffix", person.suffix) +
           "                </author>\n";
  }
  xml += fmt::format("        </authors>\n        <title>{}</title>\n",
                     Escape(Clear(paper.title), true));
  xml += Element("categories", Categories(paper)) + Element("comments", Clear(paper.comment)) +
         Element("report-no", Clear(paper.report_no)) + Element("acm-class", paper.msc_class) +
         Element("msc-class", paper.msc_class) + Element("journal-ref", Clear(paper.journal_ref)) +
         Element("doi", paper.doi) + Element("license", paper.license);
  return xml + Element("abstract", Clear(paper.abstract)) + "    </arXiv>\n";
}

std::string DublinCore(const Paper& paper) {
  std::string xml = fmt::format(
      "        <oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" {} "
      "xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/oai_dc/ "
      "https://www.openarchives.org/OAI/2.0/oai_dc.xsd\">\n",
      std::string(kInstance));
  xml += Element("dc:title", Clear(paper.title));
  for (const paper::AuthorName& author : paper::SplitAuthors(paper.authors)) {
    const PersonName person = SplitName(author.name);
    std::string name = person.family;
    if (!person.suffix.empty()) name += " " + person.suffix;
    if (!person.given.empty()) name += ", " + person.given;
    xml += Element("dc:creator", name);
  }
  for (const std::string& category : paper.categories) {
    xml += Element("dc:subject", SubjectName(category));
  }
  xml += Element("dc:subject", paper.msc_class);
  xml += Element("dc:description", Clear(paper.abstract));
  xml += Element("dc:description", Clear(paper.comment));
  xml += Element("dc:date", Day(paper.versions.front().submitted));
  if (paper.versions.size() > 1) xml += Element("dc:date", Day(paper.versions.back().submitted));
  xml += Element("dc:type", "text");
  xml += Element("dc:identifier", "https://arxiv.org/abs/" + paper.id);
  xml += Element("dc:identifier", "http://arxiv.org/abs/" + paper.id);
  xml += Element("dc:identifier", Clear(paper.journal_ref));
  if (!paper.doi.empty()) xml += Element("dc:identifier", "doi:" + paper.doi);
  return xml + "    </oai_dc:dc>\n";
}

}  // namespace

std::optional<Format> ParseFormat(std::string_view prefix) {
  if (prefix == "arXivRaw") return Format::kRaw;
  if (prefix == "arXiv") return Format::kArxiv;
  if (prefix == "oai_dc") return Format::kDublinCore;
  return std::nullopt;
}

absl::CivilDay Datestamp(const Record& record) {
  return absl::ToCivilDay(record.modified, absl::UTCTimeZone());
}

std::string Header(const Record& record) {
  std::string xml = fmt::format(
      "                <header>\n        <identifier>oai:arXiv.org:{}</identifier>\n"
      "        <datestamp>{}</datestamp>\n",
      record.paper.id, calendar::FormatDate(Datestamp(record)));
  for (const std::string& category : record.paper.categories) {
    xml += fmt::format("            <setSpec>{}</setSpec>\n", SetSpec(category));
  }
  return xml + "    </header>\n\n";
}

std::string RecordXml(const Record& record, Format format, bool v1_created) {
  std::string metadata;
  if (format == Format::kRaw) {
    metadata = RawMetadata(record.paper);
  } else if (format == Format::kArxiv) {
    metadata = ArxivMetadata(record, v1_created);
  } else {
    metadata = DublinCore(record.paper);
  }
  return "                    <record>\n" + Header(record) +
         "            <metadata>\n                " + metadata +
         "\n            </metadata>\n        </record>\n\n";
}

}  // namespace paperwire::arxiv::oai
