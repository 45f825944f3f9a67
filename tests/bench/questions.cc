#include "tests/bench/questions.h"

#include <string>
#include <utility>

#include "services/classify/classify.h"
#include "services/summarize/card.h"
#include "tests/bench/recorded_papers.h"

namespace paperwire::bench {

std::vector<v1::Entry> Cards(size_t most) {
  std::vector<v1::Entry> cards;
  int day = 0;
  for (v1::Paper& paper : Papers()) {
    v1::Entry& entry = cards.emplace_back();
    *entry.mutable_summary() = summarize::Summarize(paper);
    for (v1::Tag& tag : classify::Classify(paper, entry.summary())) {
      *entry.add_tags() = std::move(tag);
    }
    paper.set_announced("2026-06-" + std::to_string(10 + day++ % 7));
    *entry.mutable_paper() = std::move(paper);
    if (cards.size() == most) break;
  }
  return cards;
}

}  // namespace paperwire::bench
