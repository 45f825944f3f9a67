#include "tests/support/llm/prompt.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <vector>

namespace paperwire::stand_in {
namespace {

using nlohmann::json;

constexpr size_t kTokenLength = 8;

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Runs of letters and digits long enough to be drawn by lot.
std::set<std::string_view> Tokens(std::string_view line) {
  std::set<std::string_view> tokens;
  size_t begin = 0;
  for (size_t at = 0; at <= line.size(); ++at) {
    if (at < line.size() && std::isalnum(static_cast<unsigned char>(line[at])) != 0) continue;
    if (at - begin >= kTokenLength) tokens.insert(line.substr(begin, at - begin));
    begin = at + 1;
  }
  return tokens;
}

bool Share(const std::set<std::string_view>& some, const std::set<std::string_view>& others) {
  return std::any_of(some.begin(), some.end(),
                     [&](std::string_view token) { return others.count(token) > 0; });
}

// What stands after "name:" at the front of `line`.
bool After(std::string_view name, std::string_view line, std::string& rest) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  const bool same =
      std::equal(name.begin(), name.end(), line.begin(),
                 [](char wanted, unsigned char letter) { return wanted == std::tolower(letter); });
  if (!same) return false;
  line.remove_prefix(name.size() + 1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  rest = line;
  return true;
}

void FindPaper(std::string_view text, Prompt& prompt) {
  std::set<std::string_view> before;
  bool in_abstract = false;
  for (const std::string_view line : Lines(text)) {
    std::string rest;
    if (prompt.title.empty()) {
      if (After("title", line, rest)) {
        prompt.title = rest;
      } else {
        before.merge(Tokens(line));
      }
    } else if (!in_abstract) {
      in_abstract = After("abstract", line, prompt.abstract);
    } else if (const auto tokens = Tokens(line); line.size() < 120 && Share(before, tokens)) {
      return;
    } else {
      prompt.abstract += (prompt.abstract.empty() ? "" : " ") + std::string(line);
    }
  }
}

// Content is a text, or a list of parts with texts.
std::string TextOf(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (!content.is_array()) return text;
  for (const json& part : content) {
    if (part.is_object() && part.contains("text")) text += TextOf(part["text"]);
  }
  return text;
}

}  // namespace

Prompt ReadPrompt(const json& request) {
  Prompt prompt;
  if (!request.is_object()) return prompt;
  if (request.contains("system")) prompt.bytes += TextOf(request["system"]).size();
  for (const json& message : request.value("messages", json::array())) {
    if (!message.is_object() || !message.contains("content")) continue;
    const std::string text = TextOf(message["content"]);
    prompt.bytes += text.size();
    if (prompt.title.empty() && message.value("role", json()) == "user") FindPaper(text, prompt);
  }
  const json format = request.value("response_format", json::object());
  if (!format.is_object()) return prompt;
  if (format.value("type", json()).is_string()) prompt.format = format["type"];
  const json::json_pointer schema("/json_schema/schema");
  if (format.contains(schema)) prompt.schema = format[schema].dump();
  return prompt;
}

}  // namespace paperwire::stand_in
