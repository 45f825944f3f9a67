// The features that models are trained on, computed by the code that serves them.
//
//   training_features roles < FILE
//     {"sentences": [...]} a line -> the hashed features of each sentence, a JSON array a line
//   training_features parts DIR < FILE
//     {"title", "sentences" or "abstract"} a line -> files of numbers and candidates.jsonl in DIR
//   training_features tags DIR < FILE
//     {"title", "abstract", "categories"} a line -> files of numbers in DIR
#include "services/classify/features.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/sentences.h"
#include "nlohmann/json.hpp"
#include "services/classify/lexicon.h"
#include "services/summarize/candidates.h"
#include "services/summarize/part_features.h"
#include "services/summarize/reading.h"
#include "services/summarize/role_features.h"
#include "services/summarize/source.h"

namespace {

namespace classify = paperwire::classify;
namespace summarize = paperwire::summarize;
using nlohmann::json;

// The sentences of `line`, readable.
std::vector<std::string> Sentences(const json& line) {
  std::vector<std::string> sentences;
  if (line.contains("sentences")) {
    for (const json& sentence : line.at("sentences")) {
      sentences.push_back(summarize::ReadableAbstract(sentence.get<std::string>()));
    }
    return sentences;
  }
  const std::string abstract = summarize::ReadableAbstract(line.at("abstract").get<std::string>());
  for (const std::string_view sentence : paperwire::grounding::SplitSentences(abstract)) {
    sentences.emplace_back(sentence);
  }
  return sentences;
}

void Print(const json& line) {
  std::cout << line.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
}

// Every sentence counts here, also one that a card would leave out: each has a label.
void WriteRoles(const json& line) {
  const std::vector<std::string> sentences = Sentences(line);
  const std::vector<std::string_view> views(sentences.begin(), sentences.end());
  std::vector<std::vector<summarize::Token>> tokens(views.size());
  for (size_t i = 0; i < views.size(); ++i) summarize::ReadTokens(views[i], tokens[i]);
  Print(json(summarize::RoleFeatures(views, tokens)));
}

template <typename Value>
void Put(std::ofstream& file, const Value* values, size_t count) {
  file.write(reinterpret_cast<const char*>(values),
             static_cast<std::streamsize>(count * sizeof(Value)));
}

class PartFiles {
 public:
  explicit PartFiles(const std::filesystem::path& folder)
      : measures_(folder / "measures.f32", std::ios::binary),
        words_(folder / "words.u16", std::ios::binary),
        marks_(folder / "marks.u16", std::ios::binary),
        counts_(folder / "counts.u32", std::ios::binary),
        candidates_(folder / "candidates.jsonl") {}

  // False when something could not be opened or written.
  bool ok() const { return measures_ && words_ && marks_ && counts_ && candidates_; }

  void Flush() {
    for (std::ofstream* file : {&measures_, &words_, &marks_, &counts_, &candidates_}) {
      file->flush();
    }
  }

  void Write(const json& line) {
    const std::vector<std::string> sentences = Sentences(line);
    const summarize::Reading reading =
        summarize::Read(line.at("title").get<std::string>(), {sentences.begin(), sentences.end()});
    summarize::PartFeatures reader(reading.title, reading.texts, reading.tokens, reading.roles,
                                   reading.leans);
    summarize::CandidateFeatures features;
    json out = {{"texts", json::array()}};
    for (size_t at = 0; at < reading.texts.size(); ++at) {
      for (const summarize::Candidate& candidate : summarize::Candidates(reading.texts[at])) {
        reader.Read(at, candidate, features);
        Put(measures_, features.measures.data(), features.measures.size());
        Put(words_, features.words.data(), features.words.size());
        Put(marks_, features.marks.data(), features.marks.size());
        const uint32_t counts[2] = {static_cast<uint32_t>(features.words.size()),
                                    static_cast<uint32_t>(features.marks.size())};
        Put(counts_, counts, 2);
        out["texts"].push_back(summarize::TextOf(reading.texts[at], candidate));
      }
    }
    candidates_ << out.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
  }

 private:
  std::ofstream measures_;
  std::ofstream words_;
  std::ofstream marks_;
  // Two a candidate: words, marks.
  std::ofstream counts_;
  std::ofstream candidates_;
};

class TagFiles {
 public:
  explicit TagFiles(const std::filesystem::path& folder)
      : keys_(folder / "keys.u32", std::ios::binary),
        times_(folder / "times.u32", std::ios::binary),
        categories_(folder / "categories.u32", std::ios::binary),
        counts_(folder / "counts.u32", std::ios::binary),
        lexicon_(folder / "lexicon.f32", std::ios::binary) {}

  // False when something could not be opened or written.
  bool ok() const { return keys_ && times_ && categories_ && counts_ && lexicon_; }

  void Flush() {
    for (std::ofstream* file : {&keys_, &times_, &categories_, &counts_, &lexicon_}) file->flush();
  }

  void Write(const json& line) {
    const auto title = line.at("title").get<std::string>();
    const auto text = line.at("abstract").get<std::string>();
    classify::Reading reading;
    classify::Read(title, text, reading);
    std::map<uint32_t, uint32_t> times;
    classify::VisitFeatures(
        reading, [&](const classify::Feature& feature) { times[feature.key] += feature.times; });
    for (const auto& [key, count] : times) {
      Put(keys_, &key, 1);
      Put(times_, &count, 1);
    }
    uint32_t counts[2] = {static_cast<uint32_t>(times.size()), 0};
    for (const json& category : line.value("categories", json::array())) {
      const uint32_t key = classify::CategoryKey(category.get<std::string>());
      Put(categories_, &key, 1);
      ++counts[1];
    }
    Put(counts_, counts, 2);
    classify::LexiconFindings lexicon;
    classify::MatchLexicon(reading, lexicon);
    Put(lexicon_, lexicon.strength.data(), lexicon.strength.size());
  }

 private:
  std::ofstream keys_;
  std::ofstream times_;
  std::ofstream categories_;
  // Two a paper: keys, categories.
  std::ofstream counts_;
  std::ofstream lexicon_;
};

int Run(const std::vector<std::string>& words) {
  const std::string what = words.empty() ? "" : words[0];
  const bool roles = words.size() == 1 && what == "roles";
  if (!roles && (words.size() != 2 || (what != "parts" && what != "tags"))) {
    std::cerr << "usage: training_features roles | parts DIR | tags DIR < FILE\n";
    return 64;
  }
  std::optional<PartFiles> parts;
  std::optional<TagFiles> tags;
  if (what == "parts") parts.emplace(words[1]);
  if (what == "tags") tags.emplace(words[1]);
  const auto ok = [&] { return (!parts || parts->ok()) && (!tags || tags->ok()); };
  if (!ok()) {
    std::cerr << "training_features: cannot write into " << words[1] << '\n';
    return 73;
  }
  std::string text;
  for (int number = 1; std::getline(std::cin, text); ++number) {
    const json line = json::parse(text, nullptr, false);
    try {
      if (roles) WriteRoles(line);
      if (parts) parts->Write(line);
      if (tags) tags->Write(line);
    } catch (const json::exception& error) {
      std::cerr << "training_features: line " << number << ": " << error.what() << '\n';
      return 65;
    }
  }
  if (parts) parts->Flush();
  if (tags) tags->Flush();
  if (!ok()) {
    std::cerr << "training_features: cannot write all of " << words[1] << '\n';
    return 74;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return Run({argv + 1, argv + argc}); }
