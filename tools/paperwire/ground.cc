#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

#include "libs/grounding/gate.h"
#include "tools/paperwire/command.h"
#include "tools/paperwire/input_file.h"

namespace paperwire::cli {
namespace {

using Json = nlohmann::ordered_json;

v1::Section SectionOf(const std::string& name) {
  if (name == "tldr") return v1::SECTION_TLDR;
  if (name == "highlights") return v1::SECTION_HIGHLIGHTS;
  if (name == "summary") return v1::SECTION_SUMMARY;
  if (name == "methodology") return v1::SECTION_METHODOLOGY;
  if (name == "results") return v1::SECTION_RESULTS;
  if (name == "implications") return v1::SECTION_IMPLICATIONS;
  return v1::SECTION_UNSPECIFIED;
}

// "GROUNDING_OUTCOME_REMOVED" as "removed".
std::string Word(std::string name, std::string_view prefix) {
  name.erase(0, prefix.size());
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

Json ToJson(const grounding::Verdict& verdict) {
  Json items = Json::array();
  for (const grounding::Item& item : verdict.items) {
    items.push_back({{"kind", Word(v1::GroundingItemKind_Name(item.kind), "GROUNDING_ITEM_KIND_")},
                     {"text", item.text}});
  }
  return {{"outcome", Word(v1::GroundingOutcome_Name(verdict.outcome), "GROUNDING_OUTCOME_")},
          {"removed", verdict.removed},
          {"items", std::move(items)},
          {"kept", verdict.kept}};
}

class GroundCommand final : public Command {
 public:
  void Declare(config::Settings& settings) override {
    settings.Words(&words_, "file",
                   "JSON lines {id, source, sections: {name: text}} or {id, source, text}; - or "
                   "none is standard input.");
  }

  int Run(Console& console) override {
    if (words_.empty()) words_.emplace_back("-");
    int code = kExitOk;
    for (const std::string& file : words_) {
      const int outcome = ReadFile(file, console);
      // What cannot be read weighs more than what is not grounded.
      if (code == kExitOk || (code == kExitNegative && outcome != kExitOk)) code = outcome;
    }
    return code;
  }

 private:
  static int ReadFile(const std::string& file, Console& console) {
    const absl::StatusOr<std::string> bytes = ReadInput(file, console);
    if (!bytes.ok()) {
      console.err << "paperwire: " << bytes.status().message() << '\n';
      return kExitNoInput;
    }
    std::istringstream in(*bytes);
    const std::string name = file == "-" ? "standard input" : file;
    int code = kExitOk;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      const Json input = Json::parse(line, nullptr, false);
      const std::string problem = ProblemOf(input);
      if (!problem.empty()) {
        console.err << "paperwire: " << name << " line " << number << ": " << problem << '\n';
        code = kExitBadData;
        continue;
      }
      const bool refused = Print(input, console);
      if (refused && code == kExitOk) code = kExitNegative;
    }
    return code;
  }

  // Empty: `input` is what is asked for.
  static std::string ProblemOf(const Json& input) {
    if (!input.is_object()) return "not a JSON object";
    if (!input.contains("source") || !input["source"].is_string()) return "no text \"source\"";
    if (input.contains("sections")) {
      if (!input["sections"].is_object()) return "\"sections\" is not an object";
      for (const auto& [name, text] : input["sections"].items()) {
        if (!text.is_string()) return "section \"" + name + "\" is not a text";
      }
      return "";
    }
    return input.contains("text") && input["text"].is_string()
               ? ""
               : "neither \"sections\" nor \"text\"";
  }

  // Whether anything was refused.
  static bool Print(const Json& input, Console& console) {
    const grounding::Gate gate(input["source"].get<std::string>());
    Json output = Json::object();
    if (input.contains("id")) output["id"] = input["id"];
    bool refused = false;
    const auto check = [&](const std::string& name, const Json& text) {
      const grounding::Verdict verdict = gate.Check(SectionOf(name), text.get<std::string>());
      refused = refused || verdict.removed > 0;
      return ToJson(verdict);
    };
    if (input.contains("sections")) {
      Json& sections = output["sections"] = Json::object();
      for (const auto& [name, text] : input["sections"].items()) sections[name] = check(name, text);
    } else {
      output["verdict"] = check("", input["text"]);
    }
    console.out << output.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    return refused;
  }

  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> MakeGroundCommand() { return std::make_unique<GroundCommand>(); }

}  // namespace paperwire::cli
