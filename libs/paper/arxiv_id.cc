#include "libs/paper/arxiv_id.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "absl/status/status.h"
#include "libs/paper/text.h"

namespace paperwire::paper {
namespace {

// Archives that gave out identifiers before April 2007.
constexpr std::array<std::string_view, 34> kOldArchives = {
    "acc-phys", "adap-org", "alg-geom", "ao-sci",   "astro-ph", "atom-ph",  "bayes-an",
    "chao-dyn", "chem-ph",  "cmp-lg",   "comp-gas", "cond-mat", "cs",       "dg-ga",
    "funct-an", "gr-qc",    "hep-ex",   "hep-lat",  "hep-ph",   "hep-th",   "math",
    "math-ph",  "mtrl-th",  "nlin",     "nucl-ex",  "nucl-th",  "patt-sol", "physics",
    "plasm-ph", "q-alg",    "q-bio",    "quant-ph", "solv-int", "supr-con"};

constexpr uint32_t kMaxVersion = 8191;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

uint32_t Number(std::string_view digits) {
  uint32_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<uint32_t>(c - '0');
  return value;
}

bool StripPrefix(std::string_view& text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != prefix[i]) return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// Leaves only the identifier of a URL; false when it is the URL of something else.
bool StripUrl(std::string_view& text) {
  if (!StripPrefix(text, "https://") && !StripPrefix(text, "http://")) return true;
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  std::string_view host = text.substr(0, slash);
  const bool ours = host == "arxiv.org" || host.ends_with(".arxiv.org");
  const bool doi = host == "doi.org" || host == "dx.doi.org";
  if (!ours && !doi) return false;
  text.remove_prefix(slash + 1);
  text = text.substr(0, text.find_first_of("?#"));
  if (doi) return true;
  return StripPrefix(text, "abs/") || StripPrefix(text, "pdf/") || StripPrefix(text, "html/") ||
         StripPrefix(text, "format/") || StripPrefix(text, "src/");
}

bool IsNewStyle(std::string_view base) {
  if (base.size() < 9 || base[4] != '.' || !AllDigits(base.substr(0, 4))) return false;
  const uint32_t year_month = Number(base.substr(0, 4));
  const uint32_t month = year_month % 100;
  const std::string_view number = base.substr(5);
  if (year_month < 704 || month < 1 || month > 12) return false;
  if (number.size() != (year_month < 1501 ? 4u : 5u) || !AllDigits(number)) return false;
  return Number(number) > 0;
}

bool IsOldStyle(std::string_view archive, std::string_view number) {
  if (std::find(kOldArchives.begin(), kOldArchives.end(), archive) == kOldArchives.end()) {
    return false;
  }
  if (number.size() != 7 || !AllDigits(number)) return false;
  const uint32_t year = Number(number.substr(0, 2));
  const uint32_t month = Number(number.substr(2, 2));
  if (month < 1 || month > 12 || Number(number.substr(4)) == 0) return false;
  return year >= 91 || year < 7 || (year == 7 && month <= 3);
}

}  // namespace

std::string ArxivId::ToString() const {
  return version == 0 ? base : base + "v" + std::to_string(version);
}

absl::StatusOr<ArxivId> ParseArxivId(std::string_view text) {
  const auto refuse = [given = text] {
    return absl::InvalidArgumentError("not an arXiv identifier: \"" + Truncate(given, 64) + "\"");
  };
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  if (!StripUrl(text)) return refuse();
  StripPrefix(text, "oai:arxiv.org:");
  StripPrefix(text, "10.48550/");
  if (!StripPrefix(text, "arxiv:")) StripPrefix(text, "arxiv.");
  if (text.ends_with(".pdf")) text.remove_suffix(4);

  ArxivId id;
  const size_t v = text.rfind('v');
  if (v != std::string_view::npos && v + 1 < text.size() && AllDigits(text.substr(v + 1))) {
    const std::string_view digits = text.substr(v + 1);
    if (digits.front() == '0' || digits.size() > 4 || Number(digits) > kMaxVersion) return refuse();
    id.version = Number(digits);
    text = text.substr(0, v);
  }

  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    if (!IsNewStyle(text)) return refuse();
    id.base = std::string(text);
    return id;
  }
  std::string_view archive = text.substr(0, slash);
  const size_t dot = archive.find('.');
  if (dot != std::string_view::npos) {
    const std::string_view subject = archive.substr(dot + 1);
    const bool fits = subject.size() == 2 && subject[0] >= 'A' && subject[0] <= 'Z' &&
                      subject[1] >= 'A' && subject[1] <= 'Z';
    if (!fits) return refuse();
    archive = archive.substr(0, dot);
  }
  const std::string_view number = text.substr(slash + 1);
  if (!IsOldStyle(archive, number)) return refuse();
  id.base = std::string(archive) + "/" + std::string(number);
  return id;
}

}  // namespace paperwire::paper
