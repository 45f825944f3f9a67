#include "tests/bench/cards.h"

#include <fmt/format.h>

#include <iterator>

namespace paperwire::bench {
namespace {

// `words` words that compress and compare as English does, different for each `seed`.
std::string Prose(int words, int seed) {
  static constexpr const char* kWords[] = {
      "the",       "model",     "of",      "gradient", "estimates", "a",      "sparse", "policy",
      "attention", "converges", "under",   "noise",    "with",      "graphs", "we",     "show",
      "samples",   "and",       "bounded", "latent",   "transfer",  "across", "tasks",  "improves"};
  std::string text;
  for (int i = 0; i < words; ++i) {
    text += kWords[(i * 7 + seed * 13 + i * i % 11) % std::size(kWords)];
    text += ' ';
  }
  return text;
}

}  // namespace

std::string IdOf(int number) {
  return fmt::format("26{:02}.{:05}", 6 + number / 100'000, number % 100'000);
}

v1::Entry CardOf(int number, const std::string& announced) {
  v1::Entry entry;
  v1::Paper& paper = *entry.mutable_paper();
  paper.set_arxiv_id(IdOf(number));
  paper.set_version(1);
  paper.set_title(Prose(11, number));
  paper.set_abstract(Prose(330, number));
  for (int i = 0; i < 6; ++i) paper.add_authors()->set_name("Author Number " + std::to_string(i));
  for (const char* category : {"cs.LG", "stat.ML"}) paper.add_categories(category);
  paper.set_announced(announced);
  paper.set_abs_url("https://arxiv.org/abs/" + paper.arxiv_id());
  paper.set_pdf_url("https://arxiv.org/pdf/" + paper.arxiv_id());
  v1::Summary& summary = *entry.mutable_summary();
  summary.set_tldr(Prose(25, number));
  for (int i = 0; i < 4; ++i) summary.add_highlights(Prose(13, number + i));
  summary.set_summary(Prose(170, number + 1));
  summary.set_methodology(Prose(60, number + 2));
  summary.set_results(Prose(55, number + 3));
  summary.set_implications(Prose(55, number + 4));
  summary.mutable_provenance()->set_model("roles-1");
  for (int i = 1; i <= 6; ++i) {
    auto& verdict = *summary.mutable_provenance()->add_grounding();
    verdict.set_section(static_cast<v1::Section>(i));
    verdict.set_outcome(v1::GROUNDING_OUTCOME_GROUNDED);
  }
  for (const char* slug : {"optimization", "theory"}) {
    v1::Tag& tag = *entry.add_tags();
    tag.set_slug(slug);
    tag.set_name(slug);
    tag.set_confidence(0.8F);
    for (int i = 0; i < 5; ++i) tag.add_evidence(Prose(2, number + i));
  }
  entry.mutable_revision()->set_value((uint64_t{1} << 40) + 1);
  return entry;
}

}  // namespace paperwire::bench
