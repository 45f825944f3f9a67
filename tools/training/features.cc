// The features that the summarizer's models are trained on, computed by the code that serves them.
//
//   training_features roles < FILE
//     {"sentences": [...]} a line -> the hashed features of each sentence, a JSON array a line
//   training_features parts DIR < FILE
//     {"title", "sentences" or "abstract"} a line -> files of numbers and candidates.jsonl in DIR
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/grounding/sentences.h"
#include "nlohmann/json.hpp"
#include "services/summarize/candidates.h"
#include "services/summarize/part_features.h"
#include "services/summarize/reading.h"
#include "services/summarize/role_features.h"
#include "services/summarize/source.h"

namespace {

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
  template <typename Value>
  static void Put(std::ofstream& file, const Value* values, size_t count) {
    file.write(reinterpret_cast<const char*>(values),
               static_cast<std::streamsize>(count * sizeof(Value)));
  }

  std::ofstream measures_;
  std::ofstream words_;
  std::ofstream marks_;
  // Two a candidate: words, marks.
  std::ofstream counts_;
  std::ofstream candidates_;
};

int Run(const std::vector<std::string>& words) {
  const bool roles = words.size() == 1 && words[0] == "roles";
  const bool parts = words.size() == 2 && words[0] == "parts";
  if (!roles && !parts) {
    std::cerr << "usage: training_features roles | parts DIR < FILE\n";
    return 64;
  }
  std::optional<PartFiles> files;
  if (parts) files.emplace(words[1]);
  if (parts && !files->ok()) {
    std::cerr << "training_features: cannot write into " << words[1] << '\n';
    return 73;
  }
  std::string text;
  for (int number = 1; std::getline(std::cin, text); ++number) {
    const json line = json::parse(text, nullptr, false);
    try {
      if (roles) WriteRoles(line);
      if (parts) files->Write(line);
    } catch (const json::exception& error) {
      std::cerr << "training_features: line " << number << ": " << error.what() << '\n';
      return 65;
    }
  }
  if (parts) {
    files->Flush();
    if (!files->ok()) {
      std::cerr << "training_features: cannot write all of " << words[1] << '\n';
      return 74;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return Run({argv + 1, argv + argc}); }
