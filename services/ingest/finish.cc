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

// Text as typed into arXiv's forms, on its way to a paper: entities that were left over, then TeX,
// each decoded once, and what comes out cleaned.
class Typed {
 public:
  void Line(std::string_view text, size_t max_bytes, std::string& out) {
    paper::CleanLine(Decoded(text, max_bytes), out);
    CutTo(max_bytes, out);
  }

  void Paragraphs(std::string_view text, size_t max_bytes, std::string& out) {
    paper::CleanParagraphs(Decoded(text, max_bytes), out);
    CutTo(max_bytes, out);
  }

  // Good until the next call.
  std::string_view Decoded(std::string_view text, size_t max_bytes) {
    text = Bounded(text, max_bytes);
    if (text.find('&') != std::string_view::npos) text = entities_ = paper::DecodeEntities(text);
    // Most says exactly what it reads.
    if (text.find('\\') == std::string_view::npos) return text;
    paper::DecodeTex(text, decoded_);
    return decoded_;
  }

 private:
  static void CutTo(size_t max_bytes, std::string& out) {
    if (out.size() > max_bytes) out = paper::Truncate(out, max_bytes);
  }

  std::string entities_;
  std::string decoded_;
};

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
         ((abstract.starts_with("This paper") || abstract.starts_with("This article") ||
           abstract.starts_with("Withdrawn") || abstract.starts_with("The paper")) &&
          says_so(abstract.substr(0, 80)));
}

void AddAuthors(const RawPaper& raw, Typed& typed, v1::Paper& out) {
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
    for (const std::string& place : affiliations) {
      typed.Line(place, kMaxName, places.emplace_back());
    }
    add(Cut(paper::TidyName(typed.Decoded(name, kMaxName)), kMaxName), std::move(places));
  }
  if (!raw.authors.empty()) return;
  std::string_view line = Bounded(raw.author_line, kMaxAuthorBytes);
  std::string decoded;
  if (line.find('&') != std::string_view::npos) line = decoded = paper::DecodeEntities(line);
  std::vector<paper::AuthorName> authors = paper::SplitAuthors(line);
  out.mutable_authors()->Reserve(static_cast<int>(authors.size()));
  for (paper::AuthorName& author : authors) {
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
    out.add_categories(category.data(), category.size());
  };
  add(raw.primary);
  for (const std::string_view category : raw.categories) add(category);
}

std::string Joined(std::string_view a, std::string_view b, std::string_view c) {
  std::string out;
  out.reserve(a.size() + b.size() + c.size());
  return out.append(a).append(b).append(c);
}

void AddLinks(std::string_view id, v1::Paper& out) {
  const std::string version = "v" + std::to_string(out.version());
  out.set_abs_url(Joined("https://arxiv.org/abs/", id, ""));
  out.set_pdf_url(Joined("https://arxiv.org/pdf/", id, version));
  // arXiv makes HTML of what was submitted since December 2023.
  const bool has_html = id.find('/') == std::string::npos && id >= "2312";
  if (has_html) out.set_html_url(Joined("https://arxiv.org/html/", id, version));
}

}  // namespace

void Finish(const RawPaper& raw, v1::Paper& out) {
  out.set_arxiv_id(raw.id.base);
  out.set_version(raw.id.version == 0 ? 1 : raw.id.version);
  Typed typed;
  typed.Line(raw.title, kMaxTitle, *out.mutable_title());
  typed.Paragraphs(raw.abstract, kMaxAbstract, *out.mutable_abstract());
  AddAuthors(raw, typed, out);
  AddCategories(raw, out);
  // An empty field costs as much as a full one when it is set.
  if (!raw.comment.empty()) typed.Line(raw.comment, kMaxComment, *out.mutable_comment());
  if (!raw.journal_ref.empty()) {
    typed.Line(raw.journal_ref, kMaxShort, *out.mutable_journal_ref());
  }
  for (const std::string_view doi : raw.dois) {
    std::string clean = paper::Truncate(paper::CleanLine(doi), kMaxName);
    if (!clean.empty() && out.dois_size() < static_cast<int>(kMaxDois)) {
      out.add_dois(std::move(clean));
    }
  }
  std::string license = paper::CleanLine(raw.license);
  if (license.starts_with("http") && license.size() < kMaxName) {
    out.set_license(std::move(license));
  }
  AddLinks(raw.id.base, out);
  out.set_withdrawn(raw.withdrawn || IsWithdrawn(out.comment(), out.abstract()));
  std::string code = paper::FindCodeUrl(out.abstract(), out.comment());
  if (!code.empty()) out.set_code_url(std::move(code));
  std::string venue = paper::FindVenue(out.comment(), out.journal_ref());
  if (!venue.empty()) out.set_venue(std::move(venue));
}

}  // namespace paperwire::ingest
