#include "services/summarize/card.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/grounding/gate.h"
#include "libs/grounding/sentences.h"
#include "services/summarize/chooser.h"
#include "services/summarize/keywords.h"
#include "services/summarize/reading.h"
#include "services/summarize/source.h"
#include "services/summarize/third_person.h"

namespace paperwire::summarize {
namespace {

constexpr int kTldrWords = 30;
constexpr size_t kKeywords = 8;
// As ReadableAbstract bounds an abstract.
constexpr size_t kLongestAbstract = 20000;

// The title where no sentence can be the tldr.
std::string TitleLine(const std::string& title) {
  if (grounding::CountWords(title) > kTldrWords || HasFirstPerson(title)) return {};
  const bool stops = title.ends_with('.') || title.ends_with('?') || title.ends_with('!');
  return title.empty() || stops ? title : title + '.';
}

// What became of each sentence, told after everything was chosen.
void Explain(const Reading& reading, const Chooser& chooser, const Chooser::Line& tldr,
             const std::vector<Chooser::Line>& highlights, const Chooser::Sections& sections,
             const std::vector<bool>& kept, Explanation& why) {
  why.tldr_as_written = tldr.as_written;
  why.tldr_unbounded = chooser.UnboundedTldr();
  for (const Reading::Sentence& sentence : reading.sentences) {
    ExplainedSentence& explained = why.sentences.emplace_back();
    explained.text = sentence.as_written;
    explained.left_out = sentence.left_out;
  }
  for (size_t i = 0; i < reading.index.size(); ++i) {
    ExplainedSentence& explained = why.sentences[reading.index[i]];
    explained.roles = reading.roles[i];
    for (size_t role = 0; role < kRoles; ++role) {
      if (reading.roles[i][role] > reading.roles[i][static_cast<size_t>(explained.role)]) {
        explained.role = static_cast<Role>(role);
      }
    }
    explained.scores = chooser.best()[i];
    if (!tldr.told.empty() && tldr.sentence == i) explained.used.push_back(v1::SECTION_TLDR);
    for (const Chooser::Line& line : highlights) {
      if (line.sentence == i) explained.used.push_back(v1::SECTION_HIGHLIGHTS);
    }
    if (i < kept.size() && kept[i]) explained.used.push_back(v1::SECTION_SUMMARY);
    if (i < sections.of.size() && sections.of[i] != 0) {
      explained.used.push_back(static_cast<v1::Section>(sections.of[i]));
    }
  }
}

// `source` is what the gate holds the card against: the abstract before anything was done to it.
v1::Summary Summarize(const v1::Paper& paper, const std::string& source,
                      const std::string& abstract, const std::vector<std::string_view>& split,
                      Explanation* why, int& removed) {
  v1::Summary summary;
  const Reading reading = Read(paper.title(), split);
  const Chooser chooser(reading);
  Chooser::Line tldr;
  std::vector<Chooser::Line> highlights;
  Chooser::Sections sections;
  // A notice of withdrawal, another language or a formula has no parts to choose from; what stands
  // there is told in the summary as it is.
  if (KindOf(abstract) == AbstractKind::kProse) {
    tldr = chooser.Tldr();
    highlights = chooser.Highlights(tldr);
    for (const Chooser::Line& line : highlights) summary.add_highlights(line.told);
    sections = chooser.MakeSections();
    summary.set_methodology(std::move(sections.methodology));
    summary.set_results(std::move(sections.results));
    summary.set_implications(std::move(sections.implications));
  }
  summary.set_tldr(tldr.told.empty() ? TitleLine(reading.title) : tldr.told);
  std::vector<bool> kept;
  summary.set_summary(chooser.Summary(tldr, kept));
  for (std::string& keyword : Keywords(reading.title, abstract, kKeywords)) {
    summary.add_keywords(std::move(keyword));
  }
  if (why != nullptr) Explain(reading, chooser, tldr, highlights, sections, kept, *why);

  v1::Provenance& provenance = *summary.mutable_provenance();
  provenance.set_summarizer(v1::SUMMARIZER_KIND_EMBEDDED);
  provenance.set_model(kModel);
  provenance.set_source(v1::SUMMARY_SOURCE_ABSTRACT);
  provenance.set_paper_version(paper.version());
  removed = grounding::Apply(summary, paper.title() + "\n" + source);
  return summary;
}

v1::Summary SummarizeAbstract(const v1::Paper& paper, Explanation* why, int& removed) {
  const std::string abstract = ReadableAbstract(paper.abstract());
  return Summarize(paper, paper.abstract(), abstract, grounding::SplitSentences(abstract), why,
                   removed);
}

}  // namespace

v1::Summary Summarize(const v1::Paper& paper) {
  int removed = 0;
  return SummarizeAbstract(paper, nullptr, removed);
}

v1::Summary Summarize(const v1::Paper& paper, int& removed) {
  return SummarizeAbstract(paper, nullptr, removed);
}

v1::Summary Summarize(const v1::Paper& paper, Explanation& why) {
  int removed = 0;
  return SummarizeAbstract(paper, &why, removed);
}

v1::Summary Summarize(const v1::Paper& paper, const std::vector<std::string>& sentences,
                      Explanation& why) {
  std::vector<std::string> readable;
  std::string source;
  std::string abstract;
  for (const std::string& sentence : sentences) {
    if (source.size() + sentence.size() > kLongestAbstract) break;
    readable.push_back(ReadableAbstract(sentence));
    for (std::string* text : {&source, &abstract}) {
      if (!text->empty()) *text += ' ';
    }
    source += sentence;
    abstract += readable.back();
  }
  int removed = 0;
  return Summarize(paper, source, abstract, {readable.begin(), readable.end()}, &why, removed);
}

}  // namespace paperwire::summarize
