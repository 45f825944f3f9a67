#include "services/summarize/implications.h"

#include <string>
#include <vector>

#include "libs/grounding/phrases.h"

namespace paperwire::summarize {

bool SpeaksOfImplications(std::string_view sentence) {
  static const grounding::PhraseSet kPhrases(std::vector<std::string>{"suggest that",
                                                                      "suggests that",
                                                                      "suggesting that",
                                                                      "implications for",
                                                                      "implies that",
                                                                      "imply that",
                                                                      "pave the way",
                                                                      "paves the way",
                                                                      "paving the way",
                                                                      "open the door",
                                                                      "opens the door",
                                                                      "opening the door",
                                                                      "opens up",
                                                                      "opens new",
                                                                      "opening up",
                                                                      "open new",
                                                                      "underscore*",
                                                                      "highlight the",
                                                                      "highlights the",
                                                                      "highlighting the",
                                                                      "point to",
                                                                      "points to",
                                                                      "pointing to",
                                                                      "practitioners",
                                                                      "policymakers",
                                                                      "clinicians",
                                                                      "future work",
                                                                      "future research",
                                                                      "future directions",
                                                                      "potential of",
                                                                      "potential for",
                                                                      "potential to",
                                                                      "a foundation for",
                                                                      "the foundation for",
                                                                      "foundations for",
                                                                      "can inform",
                                                                      "may inform",
                                                                      "informs",
                                                                      "guidance for",
                                                                      "practical guidance",
                                                                      "guidelines",
                                                                      "a step toward",
                                                                      "a step towards",
                                                                      "step toward",
                                                                      "step towards",
                                                                      "more broadly",
                                                                      "new directions",
                                                                      "new direction",
                                                                      "call for",
                                                                      "calls for",
                                                                      "the need for",
                                                                      "need to",
                                                                      "might find",
                                                                      "could enable",
                                                                      "could be used",
                                                                      "can be used to",
                                                                      "could help",
                                                                      "may help",
                                                                      "can guide",
                                                                      "useful for",
                                                                      "facilitate*",
                                                                      "democratiz*",
                                                                      "real world deployment",
                                                                      "makes it possible",
                                                                      "make it possible",
                                                                      "provide insight*",
                                                                      "provides insight*",
                                                                      "offer insight*",
                                                                      "offers insight*",
                                                                      "insights into",
                                                                      "pathway toward*",
                                                                      "path toward*",
                                                                      "promising direction",
                                                                      "promising avenue",
                                                                      "broad applicability",
                                                                      "our findings",
                                                                      "these findings",
                                                                      "the findings",
                                                                      "these insights"});
  std::vector<grounding::Word> words;
  grounding::ReadWords(sentence, words);
  bool found = false;
  kPhrases.Match(sentence, words, [&](const grounding::PhraseSet::Hit&) { found = true; });
  return found;
}

}  // namespace paperwire::summarize
