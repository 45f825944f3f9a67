#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "paperwire/v1/paper.pb.h"
#include "services/classify/classify.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/explanation_text.h"
#include "tools/paperwire/paper_lines.h"

namespace paperwire::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

Outcome Explain(std::vector<const char*> arguments, const std::string& input = "",
                bool terminal = false) {
  arguments.insert(arguments.begin(), {"paperwire", "explain"});
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const clock::FakeClock clock{clock::WallTime{}};
  Console console{.in = in, .out = out, .err = err, .clock = clock, .terminal = terminal};
  Outcome outcome;
  outcome.code = RunProgram(static_cast<int>(arguments.size()), arguments.data(), console);
  outcome.out = out.str();
  outcome.err = err.str();
  return outcome;
}

constexpr const char* kPaper =
    R"({"id":"2606.01234v2","title":"Pruning Gates for Language Models",)"
    R"("abstract":"Large language models are costly. We propose a method that prunes gates. )"
    R"(It removes 40 % of the weights and keeps accuracy on three benchmarks. )"
    R"(Code is available at https://example.org/gates."})"
    "\n";

constexpr const char* kSplit =
    R"({"sentences":["Gates cost much, e.g. Fig. 2 shows it.","We prune them."]})"
    "\n";

TEST(Explain, GivesEverySentenceAndTheCardAsOneObjectALine) {
  const Outcome outcome = Explain({"--from", "-"}, kPaper);
  ASSERT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1);
  const Json json = Json::parse(outcome.out);

  EXPECT_EQ(json["id"], "2606.01234v2");
  EXPECT_EQ(json["title"], "Pruning Gates for Language Models");
  EXPECT_NE(json["model"], "");
  EXPECT_NE(json["tldrAsWritten"], "");
  ASSERT_EQ(json["sentences"].size(), 4u);
  const Json& second = json["sentences"][1];
  EXPECT_EQ(second["text"], "We propose a method that prunes gates.");
  EXPECT_TRUE(second["leftOut"].is_null());
  EXPECT_TRUE(second["used"].is_array());
  EXPECT_TRUE(second["roles"].contains("method"));
  for (const char* part :
       {"tldr", "highlights", "summary", "methodology", "results", "implications"}) {
    EXPECT_TRUE(second["scores"].contains(part)) << part;
  }
  EXPECT_EQ(json["sentences"][3]["leftOut"], "availability");
  v1::Summary summary;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json["summary"].dump(), &summary).ok());
  EXPECT_FALSE(summary.tldr().empty());
  EXPECT_EQ(summary.provenance().paper_version(), 2u);
}

TEST(Explain, GivesTagsWithConfidenceAndEvidence) {
  const Json json =
      Json::parse(Explain({"--from", "-"},
                          R"({"title":"Federated learning on phones","abstract":)"
                          R"("We study federated learning with clients that keep their data."})")
                      .out);
  ASSERT_FALSE(json["tags"].empty());
  const Json& first = json["tags"][0];
  EXPECT_EQ(first["slug"], "federated-learning");
  EXPECT_EQ(first["name"], "Federated Learning");
  EXPECT_GT(first["confidence"], 0.5);
  EXPECT_LE(first["confidence"], 1);
  EXPECT_FALSE(first["evidence"].empty());
  EXPECT_EQ(json["tagProvenance"]["model"], classify::kModel);
  EXPECT_EQ(json["tagProvenance"]["lowConfidence"], false);
}

// Of two papers of the same words, each gets the tag of its own field.
TEST(Explain, ReadsTheCategoriesOfALine) {
  const auto score = [](const std::string& category) {
    const Json json = Json::parse(
        Explain({"--from", "-"}, R"({"title":"A thing","abstract":"It is blue.","categories":[")" +
                                     category + "\"]}")
            .out);
    return json["tagScores"]["computer-vision"].get<double>();
  };
  EXPECT_GT(score("cs.CV"), score("cs.AI"));
}

TEST(Explain, TellsHowLikelyEveryTagIs) {
  const Json json = Json::parse(Explain({"--from", "-"}, kPaper).out);
  ASSERT_EQ(json["tagScores"].size(), 14u);
  for (const Json& tag : json["tags"]) {
    const auto slug = tag["slug"].get<std::string>();
    EXPECT_NEAR(json["tagScores"][slug].get<double>(), tag["confidence"].get<double>(), 1e-3);
  }
}

TEST(Explain, MarksTheTagsOfAPaperThatSaysNothing) {
  const Json json = Json::parse(Explain({"--from", "-"}, R"({"abstract":""})").out);
  EXPECT_EQ(json["tags"].size(), 1u);
  EXPECT_EQ(json["tagProvenance"]["lowConfidence"], true);
}

TEST(Explain, SaysOfAPaperWhatCardsPrints) {
  std::istringstream in(kPaper);
  std::ostringstream out;
  std::ostringstream err;
  const clock::FakeClock clock{clock::WallTime{}};
  Console console{.in = in, .out = out, .err = err, .clock = clock};
  const std::vector<const char*> arguments = {"paperwire", "cards", "--from", "-"};
  ASSERT_EQ(RunProgram(4, arguments.data(), console), kExitOk);

  const Json card = Json::parse(out.str());
  const Json explained = Json::parse(Explain({"--from", "-"}, kPaper).out);

  EXPECT_EQ(explained["summary"], card["summary"]);
}

TEST(Explain, TakesSentencesAsTheyAreSplitWithoutTitleOrId) {
  const Outcome outcome = Explain({"--from", "-"}, kSplit);
  ASSERT_EQ(outcome.code, kExitOk) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["id"], "");
  ASSERT_EQ(json["sentences"].size(), 2u);
  EXPECT_EQ(json["sentences"][0]["text"], "Gates cost much, e.g. Fig. 2 shows it.");
}

TEST(Explain, ReadsRecordedAnswersToo) {
  const std::string oai =
      R"(<?xml version="1.0"?><record><header><identifier>oai:arXiv.org:2606.01234</identifier>)"
      R"(<datestamp>2026-06-09</datestamp></header><metadata>)"
      R"(<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2606.01234</id>)"
      R"(<created>2026-06-08</created><authors><author><keyname>Erdős</keyname>)"
      R"(<forenames>Ana</forenames></author></authors><title>Pruning Gates</title>)"
      R"(<categories>cs.LG</categories><abstract>We prune gates of large models.</abstract>)"
      R"(</arXiv></metadata></record>)";
  const Outcome outcome = Explain({"--from", "-"}, oai);
  ASSERT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["id"], "2606.01234");
}

TEST(Explain, PrintsTextOnATerminalAndWhenAsked) {
  const Outcome on_terminal = Explain({"--from", "-"}, kPaper, /*terminal=*/true);
  EXPECT_THAT(on_terminal.out, HasSubstr("\n 2  We propose a method that prunes gates.\n"));
  EXPECT_THAT(on_terminal.out, HasSubstr("left out: availability"));
  EXPECT_THAT(on_terminal.out, HasSubstr("\nMethodology\n"));
  EXPECT_EQ(Explain({"--from", "-", "--format", "text"}, kPaper).out, on_terminal.out);
  EXPECT_EQ(Explain({"--from", "-", "--format", "json"}, kPaper, true).out.front(), '{');
}

TEST(Explain, NamesFileAndLineOfWhatItCannotReadAndReadsTheOthers) {
  const std::string good = testing::TempDir() + "/explained.jsonl";
  std::ofstream(good) << kSplit;
  const std::vector<std::pair<const char*, const char*>> bad_lines = {
      {"{\"sentences\":[\"A", "line 3: not JSON"},
      {"[]", "line 3: not a JSON object"},
      {"{\"title\":\"Only a title\"}", "line 3: neither \"abstract\" nor \"sentences\""},
      {"{\"sentences\":\"One.\"}", "line 3: \"sentences\" that are no array"},
      {"{\"sentences\":[\"One.\",2]}", "line 3: a sentence that is no text"},
  };
  for (const auto& [bad_line, why] : bad_lines) {
    const std::string bad = testing::TempDir() + "/unexplained.jsonl";
    std::ofstream(bad) << kSplit << "\n" << bad_line << "\n";
    const Outcome outcome = Explain({bad.c_str(), good.c_str()});
    EXPECT_EQ(outcome.code, kExitBadData);
    EXPECT_EQ(outcome.err, "paperwire: " + bad + ": " + why + "\n");
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1);
  }
}

TEST(Explain, WantsAFileThatCanBeRead) {
  EXPECT_EQ(Explain({}).code, kExitUsage);
  const Outcome outcome = Explain({"/nowhere/papers.jsonl"});
  EXPECT_EQ(outcome.code, kExitNoInput);
  EXPECT_THAT(outcome.err, HasSubstr("cannot read /nowhere/papers.jsonl"));
  EXPECT_EQ(Explain({"--from", "-"}, "no paper at all\n").code, kExitBadData);
}

TEST(Explain, ExplainsAnAbstractWithNothingInIt) {
  for (const char* line : {"{\"abstract\":\"\"}", "{\"sentences\":[]}", "{\"sentences\":[\"\"]}",
                           "{\"title\":\"T\",\"abstract\":\"$x^2$\"}"}) {
    const Outcome outcome = Explain({"--from", "-"}, line);
    ASSERT_EQ(outcome.code, kExitOk) << outcome.err;
    EXPECT_EQ(Json::parse(outcome.out)["summary"].value("methodology", ""), "") << line;
  }
}

summarize::Explanation MakeExplanation() {
  summarize::Explanation why;
  summarize::ExplainedSentence& first = why.sentences.emplace_back();
  first.text = "We prune gates.";
  first.role = summarize::Role::kMethod;
  first.roles[static_cast<size_t>(summarize::Role::kMethod)] = 0.91234567;
  first.roles[static_cast<size_t>(summarize::Role::kResult)] = 0.0625;
  first.scores[v1::SECTION_METHODOLOGY - 1] = 1.5;
  first.used = {v1::SECTION_TLDR, v1::SECTION_METHODOLOGY};
  why.sentences.emplace_back().text = "Nobody needs this.";
  why.tldr_as_written = "We prune gates.";
  return why;
}

TEST(ExplanationJson, HasTheRolesScoresAndPartsOfEachSentence) {
  const PaperLine line{.id = "p1", .paper = {}, .sentences = {}};
  const Json json = Json::parse(ExplanationJson(line, MakeExplanation(), {}, {}));
  const Json& first = json["sentences"][0];
  EXPECT_EQ(first["role"], "method");
  EXPECT_EQ(first["roles"]["method"], 0.9123);
  EXPECT_EQ(first["scores"]["methodology"], 1.5);
  EXPECT_THAT(first["used"].get<std::vector<std::string>>(), ElementsAre("tldr", "methodology"));
  EXPECT_TRUE(json["sentences"][1]["used"].empty());
  EXPECT_EQ(json["tldrAsWritten"], "We prune gates.");
}

TEST(ExplanationJson, CarriesBytesThatAreNoUtf8) {
  summarize::Explanation why;
  why.sentences.emplace_back().text = "caf\xe9";
  EXPECT_EQ(Json::parse(ExplanationJson({}, why, {}, {}))["sentences"][0]["text"], "caf\uFFFD");
}

v1::Tag MakeTag(const char* name, float confidence) {
  v1::Tag tag;
  tag.set_name(name);
  tag.set_confidence(confidence);
  return tag;
}

TEST(ExplanationText, EndsWithTheTagsAndWhatSpeaksForThem) {
  std::vector<v1::Tag> tags = {MakeTag("Efficient ML", 0.914f), MakeTag("Theory", 0.5f)};
  tags[0].add_evidence("prun…");
  tags[0].add_evidence("sparse");
  EXPECT_THAT(ExplanationText({}, {}, {}, tags, 80),
              EndsWith("\nTags\n  Efficient ML 0.91: prun…, sparse\n  Theory 0.50\n"));
  EXPECT_THAT(ExplanationText({}, {}, {}, {MakeTag("Theory", 0.1f)}, 80),
              EndsWith("\nTags (a guess)\n  Theory 0.10\n"));
}

TEST(ExplanationText, SaysWhereEachSentenceWent) {
  v1::Summary summary;
  summary.set_tldr("The authors prune gates.");
  const std::string text = ExplanationText({}, MakeExplanation(), summary, {}, 80);
  EXPECT_THAT(text, HasSubstr(" 1  We prune gates.\n    method 0.91, result 0.06\n"));
  EXPECT_THAT(text, HasSubstr("methodology 1.50"));
  EXPECT_THAT(text, HasSubstr("    → tldr, methodology\n"));
  EXPECT_THAT(text, HasSubstr("    not used\n"));
  EXPECT_THAT(text, HasSubstr("Tldr as written\n  We prune gates.\n"));
  summary.set_tldr("We prune gates.");
  EXPECT_THAT(ExplanationText({}, MakeExplanation(), summary, {}, 80),
              Not(HasSubstr("as written")));
}

}  // namespace
}  // namespace paperwire::cli
