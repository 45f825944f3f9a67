#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/clock/clock.h"
#include "libs/llm/leases.h"
#include "libs/llm/result_cache.h"
#include "paperwire/v1/paper.pb.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "services/summarize/llm_card.h"

namespace paperwire::summarize {

// How long whoever wants a card waits for it.
struct Patience {
  // Nothing new is to be begun, and nobody waited for; what was begun goes on.
  std::stop_token abandoned = {};
  // Leave everything.
  std::stop_token ending = {};
  // Runs what only waits for others; null: in place.
  std::function<void(const std::function<void()>&)> outside = {};
};

// Makes cards with language models: asks those of an ordered list until one brings a card, and has
// the embedded card stand in where none does. What a model made of a paper is kept, so that the
// same question is paid for once; a lease keeps two from asking it at the same time. Without the
// store of both no model is asked. Thread-safe.
class LlmSummarizer {
 public:
  struct Model {
    Asker& asker;
    // As it is to stand in the provenance.
    std::string name;
    // Tells it from a model of that name somewhere else.
    std::string endpoint_key;
  };
  struct Options {
    int max_output_tokens = 1500;
    // What a kept card has passed; one that passed another is asked for anew.
    std::string judge_version = std::string(kJudgeVersion);
    // The process stops: nothing is begun any more, as where one is abandoned.
    std::stop_token leaving = {};
    // Why there is none where there are no models.
    v1::FallbackReason without_models = v1::FALLBACK_REASON_ENDPOINT_UNAVAILABLE;
    // How often is looked whether another has the card that both want.
    std::chrono::milliseconds look_again{250};
  };

  // Askers and references must outlive it. Without models every card falls back.
  LlmSummarizer(std::vector<Model> models, llm::ResultCache& cache, llm::LeaseKeeper& leases,
                const Options& options, const clock::Clock& clock, prometheus::Registry& metrics);

  struct Card {
    // With its whole provenance but create_time. Nothing where stopped.
    v1::Summary summary = {};
    // Of an embedded card: sentences that the gate took out.
    int removed = 0;
    // A model wrote it.
    bool is_llm = false;
    // Why it is not a model's; UNSPECIFIED: it is, or there is nothing to ask a model.
    v1::FallbackReason fallback = v1::FALLBACK_REASON_UNSPECIFIED;
    // The failure is of the answers alone, but for models whose budget of the day is used up:
    // asking again as before brings it again.
    bool own_account = false;
    // How many were made for it now; nothing that was kept is among them.
    int calls = 0;
    // Somebody was there who was sent a question.
    bool reached = false;
    bool stopped = false;
  };
  // `tries`: how often this paper's card has failed on its own account; then it is asked for
  // with some chance in the answer, and what failed before is not what is found again.
  Card Make(const v1::Paper& paper, int tries, const Patience& patience) const;

 private:
  struct Question;
  // What came of one model.
  LlmCard AskModel(size_t model, const Question& question) const;
  LlmCard StoreAway(size_t model, const absl::Status& status) const;
  absl::StatusOr<std::optional<LlmCard>> Kept(const std::string& key) const;
  LlmCard AskUnderLease(size_t model, const Question& question, const std::string& key) const;
  void Count(const char* outcome) const;
  // Says once when a model can no longer be asked, and once when it can again.
  void Tell(size_t model, const LlmCard& card) const;

  // Constant after construction; counters and what they point to synchronize themselves.
  const std::vector<Model> models_;
  llm::ResultCache& cache_;
  llm::LeaseKeeper& leases_;
  const Options options_;
  const clock::Clock& clock_;
  std::map<std::string, prometheus::Counter*, std::less<>> outcomes_;
  const std::unique_ptr<std::atomic<bool>[]> failing_;
};

}  // namespace paperwire::summarize
