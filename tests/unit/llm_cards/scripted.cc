#include "tests/unit/llm_cards/scripted.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace paperwire::llm_cards {

ScriptedAsker::ScriptedAsker(const std::vector<std::string>& contents) {
  for (const std::string& content : contents) Say(content);
}

void ScriptedAsker::Say(const std::string& content) {
  summarize::Asked asked;
  asked.answer.outcome = llm::CallOutcome::kAnswered;
  asked.answer.content = content;
  asked.calls = 1;
  script_.push_back(std::move(asked));
}

void ScriptedAsker::Say(llm::CallOutcome outcome) {
  summarize::Asked asked;
  asked.answer.outcome = outcome;
  asked.calls = 1;
  script_.push_back(std::move(asked));
}

void ScriptedAsker::Stopped() {
  summarize::Asked asked;
  asked.stopped = true;
  script_.push_back(std::move(asked));
}

void ScriptedAsker::NotAsked(v1::FallbackReason reason) {
  summarize::Asked asked;
  asked.not_asked = reason;
  script_.push_back(std::move(asked));
}

summarize::Asked ScriptedAsker::Ask(const llm::ChatRequest& request, bool first,
                                    const summarize::Stops& stops) {
  // As the real one: what is left before it began is not asked.
  if (stops.leaving.stop_requested()) {
    summarize::Asked refused;
    refused.stopped = true;
    return refused;
  }
  if (before) before();
  requests_.push_back(request);
  firsts_.push_back(first);
  if (script_.empty()) Say(llm::CallOutcome::kUnreachable);
  summarize::Asked asked = script_.front();
  if (script_.size() > 1) script_.pop_front();
  if (stops.ending.stop_requested()) {
    asked.stopped = true;
    asked.answer.outcome = llm::CallOutcome::kCancelled;
  }
  return asked;
}

v1::Paper MakePaper(const std::string& title, const std::string& abstract) {
  v1::Paper paper;
  paper.set_arxiv_id("2601.00042");
  paper.set_version(2);
  paper.set_title(title);
  paper.set_abstract(abstract);
  paper.set_announced("2026-01-14");
  paper.add_categories("cs.LG");
  return paper;
}

v1::Paper TinyTable() {
  return MakePaper(
      "TinyTable: Sharing Rows of Embedding Tables",
      "Recent recommender systems rely on large embedding tables, whose memory cost grows with the "
      "number of items. In this paper, we propose TinyTable, a framework that learns to share rows "
      "between items by hashing. Our method trains a small router that chooses a row for each "
      "item, and we use a straight-through estimator to train it together with the model. We "
      "evaluate TinyTable on 3 public data sets with 1.2M users. Experiments show that TinyTable "
      "reduces memory by 12.5x, while losing only 0.3% of accuracy compared with full tables, and "
      "answers a request in 80 ms on one CPU. These results suggest that embedding tables hold "
      "more redundancy than practitioners assume, and that recommender systems can be served from "
      "much smaller machines.");
}

v1::Summary RightParts() {
  v1::Summary parts;
  parts.set_tldr(
      "TinyTable shares rows of embedding tables between items and cuts memory by 12.5x "
      "at a loss of 0.3% of accuracy.");
  parts.add_highlights("TinyTable learns which items can share a row of an embedding table.");
  parts.add_highlights("Memory falls by 12.5x while accuracy falls by only 0.3%.");
  parts.add_highlights("A request is answered in 80 ms on one CPU.");
  parts.set_summary(
      "Embedding tables make recommender systems large, because their memory grows with the number "
      "of items. The authors propose TinyTable, a framework that learns to share rows between "
      "items by hashing. A small router chooses a row for each item and is trained together with "
      "the model. On 3 public data sets with 1.2M users, TinyTable reduces memory by 12.5x and "
      "loses only 0.3% of accuracy compared with full tables. The results suggest that embedding "
      "tables hold more redundancy than practitioners assume.");
  parts.set_methodology(
      "A small router chooses a row of the table for each item. It is trained together with the "
      "model by a straight-through estimator, and evaluated on 3 public data sets.");
  parts.set_results(
      "TinyTable reduces memory by 12.5x and loses 0.3% of accuracy compared with full tables. A "
      "request is answered in 80 ms on one CPU.");
  parts.set_implications(
      "Embedding tables hold more redundancy than practitioners assume, so recommender systems can "
      "be served from much smaller machines.");
  return parts;
}

std::string Json(const v1::Summary& parts) {
  nlohmann::json json;
  json["tldr"] = parts.tldr();
  json["highlights"] = nlohmann::json::array();
  for (const std::string& line : parts.highlights()) json["highlights"].push_back(line);
  json["summary"] = parts.summary();
  json["methodology"] = parts.methodology();
  json["results"] = parts.results();
  json["implications"] = parts.implications();
  return json.dump();
}

}  // namespace paperwire::llm_cards
