// From bytes to papers against pugixml alone on the same bytes: RSS and arXivRaw pages of 2,500
// records in arXiv's shape. Beside it the rate that no reader could pass: pugixml, and then nothing
// but copying the finished papers. And what reading such a page takes in memory on top of its body.
#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "pugixml.hpp"
#include "services/ingest/reading.h"
#include "tests/bench/row.h"

namespace paperwire {
namespace {

constexpr int kRecords = 2500;
constexpr int kRounds = 15;
constexpr double kGoal = 0.5;
constexpr double kMostMegabytes = 64;

// English-like, about as long as an abstract for 190 words; some math, escapes and wrapped lines.
std::string Prose(int words, int seed, bool wrapped) {
  static constexpr const char* kWords[] = {
      "the",    "model",     "of",        "gradient", "estimates", "a",      "sparse",   "policy",
      "which",  "converges", "under",     "noise",    "with",      "graphs", "we",       "show",
      "that",   "samples",   "and",       "bounded",  "latent",    "spaces", "transfer", "across",
      "tasks,", "improves",  "attention", "for",      "$O(n^2)$",  "by",     "12.5\\%",  "than"};
  std::string text;
  size_t line = 0;
  for (int i = 0; i < words; ++i) {
    const char* word = kWords[(i * 7 + seed * 13 + i * i % 11) % std::size(kWords)];
    text += word;
    if (wrapped && text.size() - line > 75) {
      text += '\n';
      line = text.size();
    } else {
      text += ' ';
    }
  }
  return text;
}

std::string Authors(int seed) {
  static constexpr const char* kNames[] = {
      "Anna Example",  "Bert B. Sample", "Carla de la Prueba", "Jos\\'e Ejemplo",
      "S{\\o}ren Eks", "Wei Li",         "Dmitri Primer"};
  std::string line;
  for (int i = 0; i < 3 + seed % 5; ++i) {
    line += (i > 0 ? ", " : "") + std::string(kNames[(seed + i) % std::size(kNames)]);
    if ((seed + i) % 9 == 0) line += " (University of Examples, Town)";
  }
  return line;
}

std::string RssPage() {
  std::string page = R"(<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">
  <channel>
    <title>cs.LG updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/cs.LG</link>
    <description>cs.LG updates on the arXiv.org e-print archive.</description>
    <pubDate>Tue, 23 Jun 2026 00:00:00 -0400</pubDate>
)";
  for (int i = 0; i < kRecords; ++i) {
    page += fmt::format(
        R"(    <item>
      <title>{}</title>
      <link>https://arxiv.org/abs/2606.{:05}</link>
      <description>arXiv:2606.{:05}v1 Announce Type: new
Abstract: {}</description>
      <guid isPermaLink="false">oai:arXiv.org:2606.{:05}v1</guid>
      <category>cs.LG</category>
      <category>stat.ML</category>
      <pubDate>Tue, 23 Jun 2026 00:00:00 -0400</pubDate>
      <arxiv:announce_type>new</arxiv:announce_type>
      <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
      <dc:creator>{}</dc:creator>
    </item>
)",
        Prose(11, i, false), i + 1, i + 1, Prose(200, i + 1, false), i + 1, Authors(i));
  }
  return page + "  </channel>\n</rss>\n";
}

std::string RawPage() {
  std::string page = R"(<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" 
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
    <responseDate>2026-06-24T05:31:02Z</responseDate>
                <request verb="ListRecords" metadataPrefix="arXivRaw" from="2026-06-22">http://oaipmh.arxiv.org/oai</request>


    <ListRecords>
)";
  for (int i = 0; i < kRecords; ++i) {
    page += fmt::format(
        R"(                    <record>
                <header>
        <identifier>oai:arXiv.org:2606.{0:05}</identifier>
        <datestamp>2026-06-23</datestamp>
            <setSpec>cs:cs:LG</setSpec>
            <setSpec>stat:stat:ML</setSpec>
    </header>

            <metadata>
                        <arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://arxiv.org/OAI/arXivRaw/ https://oaipmh.arxiv.org/OAI/arXivRaw.xsd">
        <id>2606.{0:05}</id>
        <submitter>Anna Example</submitter>
            <version version="v1">
                <date>Mon, 08 Jun 2026 12:36:10 GMT</date>
                <size>502kb</size>
            </version>
            <version version="v2">
                <date>Mon, 22 Jun 2026 10:08:53 GMT</date>
                <size>617kb</size>
                    <source_type>D</source_type>
            </version>
        <title>{1}</title>
        <authors>{2}</authors>
        <categories>cs.LG stat.ML</categories>
            <comments>12 pages, 3 figures, accepted at ICML 2026</comments>
            <license>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</license>
            <abstract>  {3}</abstract>
    </arXivRaw>

            </metadata>
        </record>

)",
        i + 1, Prose(11, i, false), Authors(i), Prose(200, i + 1, true));
  }
  return page + "    </ListRecords>\n</OAI-PMH>\n";
}

// Of this program alone: what else the machine does must not count.
double ProcessorSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <typename Work>
double Seconds(Work work) {
  const double begin = ProcessorSeconds();
  work();
  return ProcessorSeconds() - begin;
}

void CopyPapers(const ingest::Reading& reading) {
  ingest::PaperList copies;
  copies.reserve(reading.papers.size());
  for (const v1::Paper& paper : reading.papers) copies.emplace_back() = paper;
}

void Compare(const std::string& name, const std::string& page) {
  const ingest::Reading finished = ingest::Read(page);
  double ours = 1e9;
  double limit = 1e9;
  double copying = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    ours = std::min(
        ours, Seconds([&] {
          const ingest::Reading reading = ingest::Read(page);
          if (reading.outcome != ingest::Outcome::kOk || reading.papers.size() != kRecords) {
            std::fprintf(stderr, "%s: %zu papers: %s\n", name.c_str(), reading.papers.size(),
                         reading.detail.c_str());
            std::exit(1);
          }
        }));
    limit = std::min(limit, Seconds([&] {
                       pugi::xml_document document;
                       if (!document.load_buffer(page.data(), page.size())) std::exit(1);
                     }));
    copying = std::min(copying, Seconds([&] { CopyPapers(finished); }));
  }
  const double megabytes = static_cast<double>(page.size()) / 1e6;
  bench::Print({.name = name,
                .ours = megabytes / ours,
                .limit = megabytes / limit,
                .ratio = limit / ours,
                .goal = kGoal,
                .unit = "MB/s"});
  bench::Print({.name = name + "_copying",
                .ours = megabytes / (limit + copying),
                .limit = megabytes / limit,
                .ratio = limit / (limit + copying),
                .goal = kGoal,
                .unit = "MB/s"});
}

// A line of /proc/self/status, in MB.
double Status(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string word;
  double kilobytes = 0;
  while (status >> word) {
    if (word == field + ":" && status >> kilobytes) break;
  }
  return kilobytes / 1024;
}

void Weigh(const std::string& page) {
  malloc_trim(0);
  // Sets the peak back to what is resident now.
  std::ofstream("/proc/self/clear_refs") << 5;
  const double before = Status("VmRSS");
  const ingest::Reading reading = ingest::Read(page);
  const double peak = std::max(0.1, Status("VmHWM") - before);
  if (reading.papers.size() != kRecords) std::exit(1);
  bench::Print({.name = "parse_oai_memory",
                .ours = peak,
                .limit = kMostMegabytes,
                .ratio = kMostMegabytes / peak,
                .goal = 1,
                .unit = "MB"});
}

}  // namespace
}  // namespace paperwire

int main() {
  using namespace paperwire;
  const std::string raw = RawPage();
  Weigh(raw);
  Compare("parse_rss", RssPage());
  Compare("parse_oai_raw", raw);
  return 0;
}
