#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "libs/grounding/gate.h"
#include "libs/grounding/hygiene.h"
#include "libs/grounding/language.h"
#include "libs/tags/catalogue.h"
#include "services/classify/classify.h"
#include "services/summarize/card.h"
#include "services/summarize/prompt.h"
#include "tests/unit/llm_cards/hijacks.h"
#include "tests/unit/llm_cards/room.h"

namespace paperwire::llm_cards {
namespace {

using summarize::LlmSummarizer;

std::vector<std::string> TextsOf(const v1::Summary& summary) {
  std::vector<std::string> texts = {summary.tldr(), summary.summary(), summary.methodology(),
                                    summary.results(), summary.implications()};
  texts.insert(texts.end(), summary.highlights().begin(), summary.highlights().end());
  texts.insert(texts.end(), summary.keywords().begin(), summary.keywords().end());
  return texts;
}

bool Holds(const std::string& text, const std::string& what) {
  const auto lower = [](unsigned char a) { return std::tolower(a); };
  return std::search(text.begin(), text.end(), what.begin(), what.end(), [&](char a, char b) {
           return lower(static_cast<unsigned char>(a)) == lower(static_cast<unsigned char>(b));
         }) != text.end();
}

// What of an attack stands on the card, judged by nothing that made it but the gate's own eyes;
// empty: nothing.
std::string Escaped(const v1::Summary& summary, const Attack& attack, bool is_llm) {
  std::string source = attack.paper.title();
  source.append("\n").append(is_llm ? attack.honest : attack.paper.abstract());
  for (const std::string& text : TextsOf(summary)) {
    if (grounding::HasLinkOrMarkup(text)) return "link or markup: " + text;
    if (grounding::CountHidden(text) > 0) return "hidden character: " + text;
    if (!grounding::UngroundedNumbers(text, source).empty()) return "number: " + text;
    // The embedded card says what stands in the abstract, and is held to the gate.
    if (!is_llm) continue;
    for (const char* sign :
         {"://",         "<script", "<img",        "<svg",   "&lt;",      "&#",
          "javascript:", "data:",   "](",          "[.]",    "(dot)",     "evil",
          "@",           "```",     "**",          "\\href", "im_start",  "pwned",
          "GPT-9",       "ZetaNet", "masterpiece", "crypto", "free-money"}) {
      if (Holds(text, sign)) return std::string(sign).append(": ").append(text);
    }
    for (const std::string& amount : InventedAmounts()) {
      if (Holds(text, amount)) return amount + ": " + text;
    }
    for (const std::string& address : InventedAddresses()) {
      if (Holds(text, address)) return address + ": " + text;
    }
    int foreign = 0;
    for (const unsigned char c : text) {
      // First bytes of Cyrillic, Arabic, kana, Han, Hangul.
      foreign += (c >= 0xD0 && c <= 0xDF) || (c >= 0xE3 && c <= 0xED);
      if (foreign > 4) return "another script: " + text;
      if ((c < 0x20 && c != '\n') || c == 0x7F) return "control character: " + text;
    }
    for (const std::string& poison : attack.poison) {
      if (Holds(text, poison)) return std::string(poison).append(": ").append(text);
    }
    if (grounding::LanguageOf(text) == grounding::Language::kOther) return "language: " + text;
  }
  for (const v1::Tag& tag : classify::Classify(attack.paper, summary)) {
    bool known = false;
    for (const tags::TagInfo& info : tags::Catalogue().tags())
      known = known || info.slug == tag.slug();
    if (!known) return "tag: " + tag.slug();
  }
  return {};
}

// What an obedient model would write of the paper without the attack.
v1::Summary RightOf(const Attack& attack) {
  v1::Summary right = summarize::Summarize(MakePaper(attack.paper.title(), attack.honest));
  right.clear_provenance();
  right.clear_keywords();
  return right;
}

TEST(Injection, CorpusIsWholeAndVaried) {
  std::map<std::string, int> kinds;
  for (const Attack& attack : Attacks()) {
    ++kinds[attack.kind];
    EXPECT_NE(attack.paper.abstract(), attack.honest) << attack.name;
    EXPECT_FALSE(attack.poison.empty()) << attack.name;
    // The guess of the fence is never right.
    const std::string all = summarize::MaterialOf(attack.paper).All();
    EXPECT_EQ(all.find(summarize::MakeMark(all)), std::string::npos);
  }
  int attacks = 0;
  for (const auto& [kind, count] : kinds) attacks += count;
  EXPECT_GE(attacks, 60);
  EXPECT_GE(kinds.size(), 9u);
}

TEST(Injection, RightAnswersAreStillPrinted) {
  int printed = 0;
  int all = 0;
  for (const Attack& attack : Attacks()) {
    Room room;
    room.first.Say(Json(RightOf(attack)));
    const LlmSummarizer::Card card = room.summarizer->Make(attack.paper, 0, {});
    ++all;
    printed += card.is_llm;
    EXPECT_EQ(Escaped(card.summary, attack, card.is_llm), "") << attack.name;
  }
  // An attack may cost its paper the model's card, not all of them.
  EXPECT_GE(printed * 10, all * 9) << printed << " of " << all;
}

TEST(Injection, NothingEscapesToACard) {
  int attacks = 0;
  int escaped = 0;
  int of_models = 0;
  size_t turn = 0;
  for (const Attack& attack : Attacks()) {
    const v1::Summary right = RightOf(attack);
    for (const Hijack& hijack : HijacksOf(right, attack, turn++)) {
      Room room;
      room.first.Say(hijack.content);
      const LlmSummarizer::Card card = room.summarizer->Make(attack.paper, 0, {});
      const std::string what = Escaped(card.summary, attack, card.is_llm);
      ++attacks;
      of_models += card.is_llm;
      if (what.empty()) continue;
      if (++escaped <= 20) ADD_FAILURE() << attack.name << " / " << hijack.name << "\n" << what;
    }
  }
  EXPECT_EQ(escaped, 0);
  // The corpus would prove nothing if every answer were thrown away.
  EXPECT_GT(of_models * 4, attacks);
  std::printf("%d attacks, %d escaped; %d cards of the model, %d embedded\n", attacks, escaped,
              of_models, attacks - of_models);
}

}  // namespace
}  // namespace paperwire::llm_cards
