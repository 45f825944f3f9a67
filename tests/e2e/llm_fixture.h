#pragma once

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/grounding/gate.h"
#include "tests/support/llm/llm_endpoint.h"
#include "tests/support/paper_source.h"
#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"

namespace paperwire {

// What became of some papers.
struct LlmTally {
  int papers = 0;
  // Not served.
  int lost = 0;
  // Served without a card that says something, or with one that no summarizer of ours lets out.
  int placeholders = 0;
  // A number, name or markup that the paper has not.
  int ungrounded = 0;
  int llm = 0;
  // Embedded cards by the reason that they give; "" for one that gives none.
  std::map<std::string, int> fallbacks = {};

  int embedded() const {
    int sum = 0;
    for (const auto& [reason, count] : fallbacks) sum += count;
    return sum;
  }
  std::string Reasons() const {
    std::string text;
    for (const auto& [reason, count] : fallbacks) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                          reason.empty() ? "without a reason" : reason);
    }
    return text;
  }
  // "10 papers, 0 lost, 0 placeholders, 0 ungrounded; 4 by the model, 6 embedded (6 REFUSED)"
  std::string ToString() const {
    return fmt::format(
        "{} papers, {} lost, {} placeholders, {} ungrounded; {} by the model, {} embedded{}{}{}",
        papers, lost, placeholders, ungrounded, llm, embedded(), fallbacks.empty() ? "" : " (",
        Reasons(), fallbacks.empty() ? "" : ")");
  }
};

// The whole stack, and a model's endpoint that is told how to behave.
class LlmTest : public support::StackTest {
 protected:
  explicit LlmTest(support::Stack::Options options = {}) : StackTest(std::move(options)) {}

  // So that waiting for what never comes ends soon, and a slow machine is no fault.
  static std::vector<std::string> Settings(const std::string& url, const std::string& model) {
    return {"--llm-base-url",
            url,
            "--llm-model",
            model,
            "--llm-api-key",
            "sk-e2e-5d1f93c07a",
            "--llm-connect-timeout",
            "2s",
            "--llm-first-byte-timeout",
            "3s",
            "--llm-total-timeout",
            "4s",
            "--llm-input-price",
            "1",
            "--llm-output-price",
            "4"};
  }

  void StartAll(std::vector<std::string> settings) {
    stack().SetArguments("summarize", std::move(settings));
    ASSERT_TRUE(stack().StartServices().ok());
  }

  // Ends summarize and starts it anew with these settings instead.
  void RestartSummarize(std::vector<std::string> settings) {
    ASSERT_EQ(stack().service("summarize").Terminate(std::chrono::seconds(60)), 0);
    stack().SetArguments("summarize", std::move(settings));
    ASSERT_TRUE(stack().StartService("summarize").ok());
  }

  void Feed(int first, int count) {
    const clock::SystemClock clock;
    std::vector<bus::Message> messages;
    for (int number = first; number < first + count; ++number) {
      messages.push_back(events::Encode(events::kNewPaper, source_.MakeNew(number),
                                        {.service = "ingest", .configuration = "test"}, clock));
    }
    ASSERT_TRUE(stack().Publish(std::move(messages)).ok());
  }

  LlmTally Look(int first, int count) {
    LlmTally tally{.papers = count, .lost = count};
    const auto entries = stack().feed().ListAll(v1::ENTRY_VIEW_FULL);
    if (!entries.ok()) return tally;
    const auto listed = source_.Ids(first, count);
    const std::set<std::string> wanted(listed.begin(), listed.end());
    for (const v1::Entry& entry : *entries) {
      if (!wanted.contains(entry.paper().arxiv_id())) continue;
      --tally.lost;
      Count(entry, tally);
    }
    return tally;
  }

  // Looks until `enough` says so or the time is over.
  template <typename Condition>
  LlmTally LookUntil(int first, int count, std::chrono::seconds patience, Condition enough) {
    LlmTally tally;
    support::WaitUntil(
        patience,
        [&] {
          tally = Look(first, count);
          return enough(tally);
        },
        std::chrono::milliseconds(200));
    return tally;
  }
  LlmTally LookUntilServed(int first, int count) {
    return LookUntil(first, count, std::chrono::seconds(60),
                     [](const LlmTally& tally) { return tally.lost == 0; });
  }

  // What holds whatever the endpoint does.
  static void ExpectWhole(const LlmTally& tally) {
    EXPECT_EQ(tally.lost, 0);
    EXPECT_EQ(tally.placeholders, 0);
    EXPECT_EQ(tally.ungrounded, 0);
  }

  // Calls made for these papers, and the most for one of them.
  std::pair<int64_t, int64_t> Calls(int first, int count) {
    const auto by_paper = endpoint_.counts().by_paper;
    int64_t sum = 0;
    int64_t most = 0;
    for (int number = first; number < first + count; ++number) {
      const auto found = by_paper.find(source_.Make(number).title());
      if (found == by_paper.end()) continue;
      sum += found->second;
      most = std::max(most, found->second);
    }
    return {sum, most};
  }

  // What all workers have spent, learned and kept is as on the first day.
  void ForgetCalls() {
    auto keys = stack().redis_client().Call({"KEYS", "pw:{llm}:*"});
    ASSERT_TRUE(keys.ok()) << keys.status();
    for (const auto& key : keys->elements) {
      ASSERT_TRUE(stack().redis_client().Call({"DEL", key.text}).ok());
    }
  }

  // Lines of summarize's log since its last start that hold `text`.
  int LogLines(const std::string& text) {
    const std::string log = stack().service("summarize").Output();
    int lines = 0;
    size_t begin = 0;
    while (begin < log.size()) {
      const size_t end = std::min(log.find('\n', begin), log.size());
      if (log.substr(begin, end - begin).find(text) != std::string::npos) ++lines;
      begin = end + 1;
    }
    return lines;
  }

  support::PaperSource& source() { return source_; }
  stand_in::LlmEndpoint& endpoint() { return endpoint_; }
  void SetDay(const std::string& day) { source_ = support::PaperSource(day); }

 private:
  static void Count(const v1::Entry& entry, LlmTally& tally) {
    const v1::Summary& summary = entry.summary();
    const v1::Provenance& provenance = summary.provenance();
    if (provenance.summarizer() == v1::SUMMARIZER_KIND_LLM) {
      ++tally.llm;
    } else {
      constexpr size_t kPrefix = std::string_view("FALLBACK_REASON_").size();
      const auto reason = provenance.fallback_reason();
      ++tally.fallbacks[reason == v1::FALLBACK_REASON_UNSPECIFIED
                            ? ""
                            : v1::FallbackReason_Name(reason).substr(kPrefix)];
    }
    if (summary.tldr().empty() || summary.summary().empty() || summary.highlights().empty() ||
        provenance.summarizer() == v1::SUMMARIZER_KIND_UNSPECIFIED) {
      ++tally.placeholders;
    }
    const std::string source = entry.paper().title() + "\n" + entry.paper().abstract();
    for (const v1::GroundingVerdict& verdict : grounding::Report(summary, source)) {
      if (verdict.outcome() == v1::GROUNDING_OUTCOME_REMOVED) {
        ++tally.ungrounded;
        break;
      }
    }
  }

  support::PaperSource source_{"2026-06-24"};
  stand_in::LlmEndpoint endpoint_;
};

}  // namespace paperwire
