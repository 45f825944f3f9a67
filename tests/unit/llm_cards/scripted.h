#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/summarize/llm_card.h"

namespace paperwire::llm_cards {

// Answers what it was told to, in order; then the last answer again. Keeps what it was asked.
class ScriptedAsker final : public summarize::Asker {
 public:
  ScriptedAsker() = default;
  explicit ScriptedAsker(const std::vector<std::string>& contents);

  void Say(const std::string& content);
  void Say(llm::CallOutcome outcome);
  // No call is made at all, for our own side gave up.
  void Stopped();
  void NotAsked(v1::FallbackReason reason);
  // Called before each answer.
  std::function<void()> before = {};

  summarize::Asked Ask(const llm::ChatRequest& request, bool first,
                       const summarize::Stops& stops) override;

  const std::vector<llm::ChatRequest>& requests() const { return requests_; }
  const std::vector<bool>& firsts() const { return firsts_; }

 private:
  std::deque<summarize::Asked> script_;
  std::vector<llm::ChatRequest> requests_;
  std::vector<bool> firsts_;
};

// A paper with an abstract that states everything, with numbers, units and names.
v1::Paper MakePaper(const std::string& title, const std::string& abstract);
v1::Paper TinyTable();

// A right answer about TinyTable, in its parts and as a model would write it.
v1::Summary RightParts();
std::string Json(const v1::Summary& parts);

}  // namespace paperwire::llm_cards
