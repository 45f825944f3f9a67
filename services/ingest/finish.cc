#include "services/ingest/finish.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "libs/paper/authors.h"
#include "libs/paper/marks.h"
#include "libs/paper/text.h"
#include "services/ingest/categories.h"

namespace paperwire::ingest {
namespace {

// Together well below the 1 MiB that a record may have.
constexpr size_t kMaxTitle = 2 << 10;
constexpr size_t kMaxAbstract = 64 << 10;
constexpr size_t kMaxComment = 8 << 10;
constexpr size_t kMaxShort = 1 << 10;
constexpr size_t kMaxName = 256;
constexpr size_t kMaxAuthorBytes = 384 << 10;
constexpr size_t kMaxAffiliations = 8;
constexpr int kMaxCategories = 32;
constexpr size_t kMaxDois = 8;

std::string Cut(std::string text, size_t max_bytes) {
  return text.size() <= max_bytes ? std::move(text) : paper::Truncate(text, max_bytes);
}

// What is far beyond the length that is kept is not looked at.
std::string_view Bounded(std::string_view text, size_t max_bytes) {
  return text.substr(0, max_bytes * 4);
}

// As typed into arXiv's forms: entities that were left over, then TeX, each decoded once.
std::string Decoded(std::string_view text, size_t max_bytes) {
  text = Bounded(text, max_bytes);
  return text.find('&') == std::string_view::npos ? paper::DecodeTex(text)
                                                  : paper::DecodeTex(paper::DecodeEntities(text));
}

// Whether `text` says exactly what it reads, as most does.
bool IsPlain(std::string_view text) {
  return text.find('\\') == std::string_view::npos && text.find('&') == std::string_view::npos;
}

std::string Line(std::string_view text, size_t max_bytes) {
  if (IsPlain(text)) return Cut(paper::CleanLine(Bounded(text, max_bytes)), max_bytes);
  return Cut(paper::CleanLine(Decoded(text, max_bytes)), max_bytes);
}

std::string Paragraphs(std::string_view text, size_t max_bytes) {
  if (IsPlain(text)) return Cut(paper::CleanParagraphs(Bounded(text, max_bytes)), max_bytes);
  return Cut(paper::CleanParagraphs(Decoded(text, max_bytes)), max_bytes);
}

bool IsWithdrawn(std::string_view comment, std::string_view abstract) {
  const auto says_so = [](std::string_view text) {
    if (text.find("ithdraw") == std::string_view::npos &&
        text.find("ITHDRAW") == std::string_view::npos) {
      return false;
    }
    std::string lower(text.substr(0, 400));
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const std::string_view phrase :
         {"has been withdrawn", "is withdrawn", "was withdrawn", "withdrawn by",
          "have been withdrawn", "withdrawn due to", "withdraw this paper"}) {
      if (lower.find(phrase) != std::string::npos) return true;
    }
    return lower.starts_with("withdrawn");
  };
  // An abstract may speak of withdrawn drugs; only its first words tell of the paper.
  return says_so(comment) ||
         (says_so(abstract.substr(0, 80)) &&
          (abstract.starts_with("This paper") || abstract.starts_with("This article") ||
           abstract.starts_with("Withdrawn") || abstract.starts_with("The paper")));
}

void AddAuthors(const RawPaper& raw, v1::Paper& out) {
  size_t bytes = 0;
  // Names and places are clean and decoded.
  const auto add = [&](std::string name, std::vector<std::string> places) {
    if (name.empty() || bytes > kMaxAuthorBytes) return;
    v1::Author& author = *out.add_authors();
    bytes += name.size();
    author.set_name(std::move(name));
    for (size_t i = 0; i < places.size() && i < kMaxAffiliations; ++i) {
      if (places[i].empty()) continue;
      bytes += places[i].size();
      author.add_affiliations(Cut(std::move(places[i]), kMaxName));
    }
  };
  for (const auto& [name, affiliations] : raw.authors) {
    std::vector<std::string> places;
    for (const std::string& place : affiliations) places.push_back(Line(place, kMaxName));
    add(Cut(paper::TidyName(Decoded(name, kMaxName)), kMaxName), std::move(places));
  }
  if (!raw.authors.empty()) return;
  const std::string line = paper::DecodeEntities(Bounded(raw.author_line, kMaxAuthorBytes));
  for (paper::AuthorName& author : paper::SplitAuthors(line)) {
    add(Cut(std::move(author.name), kMaxName), std::move(author.affiliations));
  }
}

void AddCategories(const RawPaper& raw, v1::Paper& out) {
  const auto add = [&out](std::string_view category) {
    const auto& known = out.categories();
    if (!IsCategory(category) || out.categories_size() >= kMaxCategories ||
        std::find(known.begin(), known.end(), category) != known.end()) {
      return;
    }
    out.add_categories(std::string(category));
  };
  add(raw.primary);
  for (const std::string_view category : raw.categories) add(category);
}

}  // namespace

v1::Paper Finish(const RawPaper& raw) {
  v1::Paper out;
  out.set_arxiv_id(raw.id.base);
  out.set_version(raw.id.version == 0 ? 1 : raw.id.version);
  out.set_title(Line(raw.title, kMaxTitle));
  out.set_abstract(Paragraphs(raw.abstract, kMaxAbstract));
  AddAuthors(raw, out);
  AddCategories(raw, out);
  out.set_comment(Line(raw.comment, kMaxComment));
  out.set_journal_ref(Line(raw.journal_ref, kMaxShort));
  for (const std::string_view doi : raw.dois) {
    std::string clean = paper::Truncate(paper::CleanLine(doi), kMaxName);
    if (!clean.empty() && out.dois_size() < static_cast<int>(kMaxDois)) {
      out.add_dois(std::move(clean));
    }
  }
  const std::string license = paper::CleanLine(raw.license);
  if (license.starts_with("http") && license.size() < kMaxName) out.set_license(license);

  const std::string versioned = raw.id.base + "v" + std::to_string(out.version());
  out.set_abs_url("https://arxiv.org/abs/" + raw.id.base);
  out.set_pdf_url("https://arxiv.org/pdf/" + versioned);
  // arXiv makes HTML of what was submitted since December 2023.
  const bool has_html = raw.id.base.find('/') == std::string::npos && raw.id.base >= "2312";
  if (has_html) out.set_html_url("https://arxiv.org/html/" + versioned);

  out.set_withdrawn(raw.withdrawn || IsWithdrawn(out.comment(), out.abstract()));
  out.set_code_url(paper::FindCodeUrl(out.abstract(), out.comment()));
  out.set_venue(paper::FindVenue(out.comment(), out.journal_ref()));
  return out;
}

}  // namespace paperwire::ingest
