#include "tools/paperwire/model_look.h"

#include <utility>

#include "libs/llm/http_chat.h"
#include "libs/llm/ladder.h"
#include "libs/llm/spend.h"
#include "services/summarize/card.h"

namespace paperwire::cli {
namespace {

// Asks one model and keeps what was said.
class ModelAsker final : public summarize::Asker {
 public:
  ModelAsker(const ModelLook& look, const llm::LlmSettings& settings, http::MultiClient& client,
             const clock::Clock& clock)
      : http_(look.endpoint, client, settings.TimeoutsOfCalls(), clock), chat_(http_, ladder_) {}

  summarize::Asked Ask(const llm::ChatRequest& request, bool /*first*/,
                       const summarize::Stops& stops) override {
    turns_.push_back({.request = request,
                      .answer = chat_.Ask(request, llm::SchemaMode::kJsonSchema, stops.ending)});
    return {.answer = turns_.back().answer, .calls = 1};
  }

  std::vector<Turn> TakeTurns() { return std::move(turns_); }

 private:
  llm::Ladder ladder_;
  llm::HttpChat http_;
  llm::LadderedChat chat_;
  std::vector<Turn> turns_;
};

}  // namespace

bool ModelLook::Answered() const {
  for (const Turn& turn : turns) {
    if (turn.answer.outcome == llm::CallOutcome::kAnswered) return true;
  }
  return false;
}

llm::ChatRequest QuestionFor(const v1::Paper& paper, const llm::LlmSettings& settings) {
  const summarize::Material material = summarize::MaterialOf(paper);
  llm::ChatRequest request = summarize::MakeRequest(material, summarize::MakeMark(material.All()));
  request.max_output_tokens = static_cast<int>(settings.max_output_tokens);
  return request;
}

ModelLook LookAt(const v1::Paper& paper, const llm::Endpoint& endpoint, size_t position,
                 const llm::LlmSettings& settings, http::MultiClient& client,
                 const clock::Clock& clock) {
  ModelLook look{.endpoint = endpoint, .position = position};
  const v1::Summary embedded = summarize::Summarize(paper);
  const summarize::Material material = summarize::MaterialOf(paper);
  ModelAsker asker(look, settings, client, clock);
  look.card =
      summarize::MakeLlmCard({.paper = paper,
                              .material = material,
                              .embedded = embedded,
                              .model = endpoint.Name(),
                              .max_output_tokens = static_cast<int>(settings.max_output_tokens)},
                             asker, summarize::Stops());
  look.turns = asker.TakeTurns();
  for (const Turn& turn : look.turns) {
    look.dollars +=
        static_cast<double>(llm::SpendOf(endpoint, turn.answer.usage).microdollars) / 1e6;
  }
  return look;
}

}  // namespace paperwire::cli
