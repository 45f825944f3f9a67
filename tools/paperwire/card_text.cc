#include "tools/paperwire/card_text.h"

#include <algorithm>

#include "libs/paper/text.h"

namespace paperwire::cli {
namespace {

constexpr int kMaxTextColumns = 100;
constexpr std::string_view kNotStated = "Not stated in the abstract.";

std::string Label(std::string_view name) { return std::string(name) + "\n"; }

std::string Section(std::string_view name, const std::string& text, int columns) {
  return "\n" + Label(name) + Wrap(text.empty() ? kNotStated : text, columns, "  ");
}

// "FALLBACK_REASON_BUDGET_EXHAUSTED" as "budget exhausted".
std::string InWords(v1::FallbackReason reason) {
  constexpr std::string_view kPrefix = "FALLBACK_REASON_";
  std::string name = v1::FallbackReason_Name(reason);
  if (!name.starts_with(kPrefix)) return std::to_string(reason);
  name.erase(0, kPrefix.size());
  for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(c - 'A' + 'a');
  return name;
}

std::string ProvenanceText(const v1::Provenance& provenance) {
  std::string text;
  switch (provenance.summarizer()) {
    case v1::SUMMARIZER_KIND_EMBEDDED:
      text = "embedded summarizer";
      break;
    case v1::SUMMARIZER_KIND_LLM:
      text = "language model";
      break;
    default:
      text = "summarizer unknown";
  }
  if (!provenance.model().empty()) {
    text += " " + provenance.model();
  }
  if (!provenance.prompt_version().empty()) {
    text += ", prompt " + provenance.prompt_version();
  }
  text += provenance.source() == v1::SUMMARY_SOURCE_FULL_TEXT ? ", from the full text"
                                                              : ", from the abstract";
  text += " of version " + std::to_string(provenance.paper_version());
  if (provenance.fallback_reason() != v1::FALLBACK_REASON_UNSPECIFIED) {
    text += ", in place of a language model's card: " + InWords(provenance.fallback_reason());
  }
  return text;
}

}  // namespace

std::string Wrap(std::string_view text, int columns, std::string_view indent) {
  const std::string clean = paper::CleanLine(text);
  const size_t room = static_cast<size_t>(std::max(columns - static_cast<int>(indent.size()), 20));
  std::string result;
  std::string line;
  size_t length = 0;
  size_t begin = 0;
  while (begin < clean.size()) {
    const size_t end = std::min(clean.find(' ', begin), clean.size());
    const std::string_view word = std::string_view(clean).substr(begin, end - begin);
    const size_t word_length = paper::CountCharacters(word);
    if (!line.empty() && length + 1 + word_length > room) {
      result.append(indent).append(line).append("\n");
      line.clear();
      length = 0;
    }
    if (!line.empty()) {
      line += ' ';
      ++length;
    }
    line += word;
    length += word_length;
    begin = end + 1;
  }
  return result.append(indent).append(line).append("\n");
}

std::string Fit(std::string_view text, int columns) {
  std::string clean = paper::CleanLine(text);
  const size_t room = static_cast<size_t>(std::max(columns, 1));
  const size_t length = paper::CountCharacters(clean);
  if (length <= room) {
    return clean.append(room - length, ' ');
  }
  size_t bytes = 0;
  for (size_t kept = 0; kept < room - 1; ++kept) {
    do {
      ++bytes;
    } while (bytes < clean.size() && (static_cast<unsigned char>(clean[bytes]) & 0xC0) == 0x80);
  }
  return clean.substr(0, bytes) + "…";
}

std::string TagNames(const v1::Entry& entry) {
  std::string names;
  for (const v1::Tag& tag : entry.tags()) {
    names += names.empty() ? "" : ", ";
    names += tag.name().empty() ? tag.slug() : tag.name();
  }
  return names;
}

std::string CardRow(const v1::Entry& entry, int columns) {
  std::string row = Fit(entry.paper().announced(), 10) + "  " + Fit(entry.paper().arxiv_id(), 12) +
                    "  " + Fit(TagNames(entry), 30) + "  ";
  return row + Fit(entry.paper().title(), std::max(columns - 58, 20));
}

std::string CardLine(const v1::Entry& entry, const Console& console) {
  if (console.terminal) return CardRow(entry, console.columns);
  return entry.paper().announced() + "\t" + entry.paper().arxiv_id() + "\t" + TagNames(entry) +
         "\t" + entry.paper().title();
}

std::string SummaryText(const v1::Summary& summary, int columns) {
  columns = std::min(columns, kMaxTextColumns);
  std::string text;
  if (!summary.tldr().empty()) {
    text += "\n" + Wrap(summary.tldr(), columns);
  }
  text += "\n" + Label("Highlights");
  for (const std::string& highlight : summary.highlights()) {
    std::string lines = Wrap(highlight, columns, "    ");
    lines.replace(0, 4, "  - ");
    text += lines;
  }
  text += Section("Summary", summary.summary(), columns);
  text += Section("Methodology", summary.methodology(), columns);
  text += Section("Results", summary.results(), columns);
  text += Section("Implications", summary.implications(), columns);
  return text + "\n" + Wrap(ProvenanceText(summary.provenance()), columns);
}

std::string CardText(const v1::Entry& entry, int columns) {
  columns = std::min(columns, kMaxTextColumns);
  const v1::Paper& paper = entry.paper();
  std::string authors;
  for (const v1::Author& author : paper.authors()) {
    authors += authors.empty() ? "" : ", ";
    authors += author.name();
  }
  std::string categories;
  for (const std::string& category : paper.categories()) {
    categories += categories.empty() ? "" : " ";
    categories += category;
  }
  std::string text = Wrap(paper.title(), columns);
  text += Wrap(authors, columns);
  text += "arXiv:" + paper.arxiv_id() + "v" + std::to_string(paper.version()) + "  " + categories +
          "  announced " + paper.announced() + "\n";
  if (!paper.abs_url().empty()) {
    text += paper.abs_url() + "\n";
  }
  if (paper.withdrawn()) {
    text += "WITHDRAWN\n";
  }
  text += "Tags: " + TagNames(entry) + "\n";
  return text + SummaryText(entry.summary(), columns);
}

}  // namespace paperwire::cli
