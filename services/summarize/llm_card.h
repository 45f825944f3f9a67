#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "libs/llm/chat.h"
#include "paperwire/v1/paper.pb.h"
#include "services/summarize/prompt.h"

namespace paperwire::summarize {

// What came of asking a model.
struct Asked {
  llm::ChatAnswer answer = {};
  // Why it was not asked (no budget, a broken endpoint); UNSPECIFIED: it was.
  v1::FallbackReason not_asked = v1::FALLBACK_REASON_UNSPECIFIED;
  // One line for people, of what went wrong; holds no prompt and no key.
  std::string why = {};
  // Whoever asked was stopped: there is no answer.
  bool stopped = false;
  int calls = 0;
};

// When to leave a question.
struct Stops {
  // No call is begun any more; one that is under way is finished.
  std::stop_token leaving = {};
  // It is left too.
  std::stop_token ending = {};
};

// Asks one model. Thread-safe; blocks.
class Asker {
 public:
  virtual ~Asker() = default;

  // `first`: the first question about a paper; a later one carries on what was begun.
  virtual Asked Ask(const llm::ChatRequest& request, bool first, const Stops& stops) = 0;
};

// What became of a card that a model was asked for.
enum class CardOutcome {
  // The first answer was one.
  kAnswered,
  // The second was.
  kRepaired,
  // Sentences had to go.
  kTrimmed,
  kFailed,
  // Stopped on the way.
  kStopped,
};

// Of what lets an answer pass as a card. Grows with whatever may no longer stand in one: kept cards
// are asked for anew then.
inline constexpr std::string_view kJudgeVersion = "judge-2";

struct LlmCard {
  CardOutcome outcome = CardOutcome::kFailed;
  // The card, unless it failed or was stopped; its provenance lacks the attempts and create_time.
  v1::Summary summary = {};
  v1::FallbackReason failure = v1::FALLBACK_REASON_UNSPECIFIED;
  // One line for people.
  std::string why = {};
  // The failure is of the answer, not of the endpoint: the same question would bring it again.
  bool own_account = false;
  int calls = 0;
  // Somebody was there who was sent the question.
  bool reached = false;
};

// How a model is asked for one card.
struct CardQuestion {
  const v1::Paper& paper;
  const Material& material;
  // The embedded card of the same paper.
  const v1::Summary& embedded;
  // As it is to stand in the provenance.
  std::string model;
  int max_output_tokens = 1500;
  double temperature = 0;
};

// Asks for the card of a paper; an answer that cannot be printed as it is is asked for once more
// with the reasons (one cut short: with room for more); of the better of both the sentences that
// may not stand are removed; a first answer that is a card is used whatever becomes of the second
// question. If what is left is no card (judge.h), it has failed. At most two
// questions. Thread-safe.
LlmCard MakeLlmCard(const CardQuestion& question, Asker& asker, const Stops& stops);

}  // namespace paperwire::summarize
