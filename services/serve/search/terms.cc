#include "services/serve/search/terms.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"

namespace paperwire::serve::search {
namespace {

// Sorted, and as TakePlural leaves them.
constexpr std::string_view kStopWords[] = {
    "a",    "an",   "and", "are",  "as",   "at",    "be",  "been",  "by",   "can",
    "for",  "from", "has", "have", "in",   "into",  "is",  "it",    "its",  "of",
    "on",   "or",   "our", "such", "than", "that",  "the", "their", "thes", "they",
    "this", "to",   "was", "we",   "were", "which", "with"};

}  // namespace

std::span<const std::string_view> StopWords() { return kStopWords; }

bool IsStopWord(std::string_view term) {
  return std::binary_search(std::begin(kStopWords), std::end(kStopWords), term);
}

std::string TagTerm(std::string_view slug) { return std::string("\x01t").append(slug); }

std::string CategoryTerm(std::string_view category) {
  std::string term(
      "\x01"
      "c");
  for (const char byte : category) {
    term += absl::ascii_tolower(static_cast<unsigned char>(byte));
  }
  return term;
}

std::string IdTerm(std::string_view arxiv_id) { return std::string("\x01i").append(arxiv_id); }

}  // namespace paperwire::serve::search
