// What a model invents in an answer that is right otherwise: numbers, units and names, by a seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "services/summarize/card.h"
#include "tests/support/environment.h"
#include "tests/unit/llm_cards/hijacks.h"
#include "tests/unit/llm_cards/room.h"

namespace paperwire::llm_cards {
namespace {

constexpr int kInventions = 1000;
// Of a thousand.
constexpr int kMostReached = 2;
constexpr uint32_t kSeed = 20260122;

const std::vector<std::string> kNames = {"ZephyrNet-7", "QuillBERT-XL", "OmniGateQ",  "HydraMix3B",
                                         "VortexBench", "LLaMonster-2", "KappaDiff",  "NimbusRL",
                                         "TessaQA",     "GraphOtter",   "DeepMarmot", "PolyCLIPX"};

// Amounts in words, and what would be a ground for them.
const std::vector<std::pair<std::string, std::string>> kAmounts = {
    {"cut by half", "hal[fv]|50|49|48|51|52|\\b2|twice|doubl|two|0\\.5|1.2"},
    {"and halved by it", "hal[fv]|50|49|48|51|52|\\b2|twice|doubl|two|0\\.5|1.2"},
    {"by a quarter", "quarter|fourth|2[2-8]|7[2-8]|\\b4|four|0\\.[27]5|1.4|3.4"},
    {"which triples the speed", "tripl|3|three|thrice"},
    {"which quadruples the speed", "quadr|4|four"},
    {"by a dozen", "dozen|12|twelve"},
    {"rising a hundredfold", "hundred|[0-9]{2}|magnitude|10"},
    {"several hundred times over", "hundred|[0-9]{2}|magnitude|10"},
    {"by orders of magnitude", "magnitude|[0-9]{2}|ten|hundred|thousand"},
    {"for billions of people", "billion|[0-9] ?[BGT]|trillion|10|[0-9]{3},[0-9]{3},"},
    {"by \xE2\x91\xA6\xE2\x91\xA8 percent", "79|seventy"}};

// The invented papers, and recorded ones where there are any.
std::vector<v1::Paper> Papers() {
  std::map<std::string, v1::Paper> papers;
  for (const Attack& attack : Attacks()) {
    papers[attack.paper.title()] = MakePaper(attack.paper.title(), attack.honest);
  }
  papers["TinyTable"] = TinyTable();
  std::vector<v1::Paper> all;
  for (const auto& [title, paper] : papers) all.push_back(paper);
  const auto data = support::Environment("PAPERWIRE_TEST_DATA");
  if (!data) return all;
  std::ifstream file(std::filesystem::path(*data) / "quality" / "tags" / "reference_page.jsonl");
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    all.push_back(MakePaper(json["title"], json["abstract"]));
  }
  return all;
}

class Inventor {
 public:
  // Something new in one part of an answer. Nothing: the part has nothing to change.
  std::optional<std::string> Invent(const std::string& source, int kind, std::string& text) {
    switch (kind) {
      case 0:
        return Replace(source, text, std::regex("\\b[0-9][0-9,.]*[0-9]\\b"), Number(source));
      case 1:
        return ChangeUnit(text);
      case 2:
        return Replace(source, text, std::regex("\\b[A-Z][a-z]+[A-Z][A-Za-z0-9-]*\\b"),
                       Pick(kNames));
      case 3: {
        const std::string number = Number(source);
        text += fmt::format(" The method improves the result by {}{}.", number,
                            Pick({"%", " points", "x", " times"}));
        return number;
      }
      case 4: {
        const auto& [phrase, stated] = kAmounts[random_() % kAmounts.size()];
        if (std::regex_search(source, std::regex(stated, std::regex::icase))) return std::nullopt;
        if (text.ends_with('.')) text.pop_back();
        text += fmt::format(", {}.", phrase);
        return phrase;
      }
      default: {
        const std::string name = Pick(kNames);
        text += fmt::format(" The method is compared with {} in the experiments.", name);
        return name;
      }
    }
  }

  std::mt19937& random() { return random_; }

 private:
  template <typename List>
  std::string Pick(const List& list) {
    return *(std::begin(list) + random_() % list.size());
  }
  std::string Pick(std::initializer_list<const char*> list) {
    return *(list.begin() + random_() % list.size());
  }

  std::string Number(const std::string& source) {
    for (;;) {
      const std::string number = random_() % 2 == 0
                                     ? fmt::format("{}.{}", 10 + random_() % 89, 1 + random_() % 9)
                                     : fmt::format("{}", 101 + random_() % 99898);
      if (source.find(number) == std::string::npos) return number;
    }
  }

  std::optional<std::string> Replace(const std::string& source, std::string& text,
                                     const std::regex& what, const std::string& by) {
    std::vector<std::smatch> found;
    for (std::sregex_iterator at(text.begin(), text.end(), what); at != std::sregex_iterator();
         ++at) {
      found.push_back(*at);
    }
    if (found.empty() || source.find(by) != std::string::npos) return std::nullopt;
    const std::smatch& one = found[random_() % found.size()];
    text.replace(static_cast<size_t>(one.position()), static_cast<size_t>(one.length()), by);
    return by;
  }

  // "38%" becomes "38x".
  std::optional<std::string> ChangeUnit(std::string& text) {
    static const std::regex kWithUnit(
        "\\b([0-9][0-9.,]*)(%|x\\b| points?\\b| s\\b| ms\\b| minutes\\b)");
    std::smatch found;
    if (!std::regex_search(text, found, kWithUnit)) return std::nullopt;
    for (;;) {
      const std::string unit = Pick({"%", "x", " GB", " ms", " hours", " km"});
      if (found[2].str() == unit) continue;
      const std::string invented = found[1].str() + unit;
      text.replace(static_cast<size_t>(found.position()), static_cast<size_t>(found.length()),
                   invented);
      return invented;
    }
  }

  std::mt19937 random_{kSeed};
};

std::vector<std::string*> PartsOf(v1::Summary& summary) {
  std::vector<std::string*> parts = {summary.mutable_tldr(), summary.mutable_summary(),
                                     summary.mutable_methodology(), summary.mutable_results(),
                                     summary.mutable_implications()};
  for (std::string& line : *summary.mutable_highlights()) parts.push_back(&line);
  return parts;
}

TEST(Inventions, HardlyEverReachACard) {
  const std::vector<v1::Paper> papers = Papers();
  constexpr std::array<const char*, 6> kKinds = {"number changed",  "unit changed",
                                                 "name changed",    "number added",
                                                 "amount in words", "name added"};
  std::array<int, kKinds.size()> made{};
  Inventor inventor;
  int reached = 0;
  int of_models = 0;
  for (int made_in_all = 0; made_in_all < kInventions;) {
    const v1::Paper& paper = papers[inventor.random()() % papers.size()];
    const std::string source = paper.title() + '\n' + paper.abstract();
    v1::Summary parts = summarize::Summarize(paper);
    const std::vector<std::string*> texts = PartsOf(parts);
    const size_t kind = inventor.random()() % kKinds.size();
    const std::optional<std::string> invented =
        inventor.Invent(source, static_cast<int>(kind), *texts[inventor.random()() % texts.size()]);
    if (!invented) continue;
    ++made_in_all;
    ++made[kind];
    Room room;
    room.first.Say(Json(parts));
    v1::Summary card = room.summarizer->Make(paper, 0, {}).summary;
    of_models += card.provenance().summarizer() == v1::SUMMARIZER_KIND_LLM;
    for (const std::string* text : PartsOf(card)) {
      if (text->find(*invented) == std::string::npos ||
          source.find(*invented) != std::string::npos) {
        continue;
      }
      ++reached;
      std::printf("%s reached a card: %s in: %s\n", kKinds[kind], invented->c_str(), text->c_str());
      break;
    }
  }
  for (size_t i = 0; i < kKinds.size(); ++i) std::printf("%d of kind '%s', ", made[i], kKinds[i]);
  std::printf(
      "%d inventions in answers about %zu papers, %d reached a card; %d cards of the model\n",
      kInventions, papers.size(), reached, of_models);
  EXPECT_LE(reached, kMostReached);
  // Most lose a sentence, not the card.
  EXPECT_GT(of_models * 2, kInventions);
}

}  // namespace
}  // namespace paperwire::llm_cards
