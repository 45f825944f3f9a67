#include "services/summarize/answer.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "libs/paper/text.h"

namespace paperwire::summarize {
namespace {

// As the grounding gate bounds the parts, in bytes.
constexpr size_t kLongestLine = 600;
constexpr size_t kLongestSummary = 4000;
constexpr size_t kLongestSection = 1600;
constexpr int kMostHighlights = 4;
constexpr size_t kLongestContent = 256u << 10;

struct Member {
  std::string_view name;
  size_t longest;
  // An empty text is an answer.
  bool may_be_empty;
};
constexpr std::array<Member, 6> kMembers = {{{"tldr", kLongestLine, false},
                                             {"highlights", kLongestLine, false},
                                             {"summary", kLongestSummary, false},
                                             {"methodology", kLongestSection, true},
                                             {"results", kLongestSection, true},
                                             {"implications", kLongestSection, true}}};
constexpr size_t kHighlights = 1;

std::string* TextOf(v1::Summary& summary, size_t member) {
  switch (member) {
    case 0:
      return summary.mutable_tldr();
    case 2:
      return summary.mutable_summary();
    case 3:
      return summary.mutable_methodology();
    case 4:
      return summary.mutable_results();
    default:
      return summary.mutable_implications();
  }
}

// The character at the front of valid UTF-8, which it takes off.
char32_t TakeCharacter(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t value = length == 1 ? first : first & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length && i < text.size(); ++i) {
    value = (value << 6u) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  text.remove_prefix(std::min(length, text.size()));
  return value;
}

bool IsForPrivateUse(char32_t c) { return (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000; }

// Controls, zero-width and bidi characters, tags, and those that nobody agreed on.
bool HoldsHidden(std::string_view text) {
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = TakeCharacter(text);
    if (c == '\n' || c == '\r' || c == '\t' || (c > ' ' && c < 0x7F)) continue;
    if (IsForPrivateUse(c)) return true;
    // Whatever the cleaning of texts would take out between two letters.
    std::string between = "a";
    between += before.substr(0, before.size() - text.size());
    between += 'b';
    if (paper::CleanLine(between) == "ab") return true;
  }
  return false;
}

// Takes the one object that there may be, event by event, and stops at the first that does not
// belong to it: deep nests and large numbers are never built.
class CardReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  const std::string& fault() const { return fault_; }
  // Whether the text was JSON at least as far as it was read.
  bool is_json() const { return is_json_; }
  v1::Summary Take() { return std::move(summary_); }

  bool null() override { return Other("null"); }
  bool boolean(bool) override { return Other("true or false"); }
  bool number_integer(number_integer_t) override { return Other("a number"); }
  bool number_unsigned(number_unsigned_t) override { return Other("a number"); }
  bool number_float(number_float_t, const string_t&) override { return Other("a number"); }
  bool binary(binary_t&) override { return Other("binary"); }

  bool string(string_t& text) override {
    if (!in_object_) return Fault("the answer is a string, not a JSON object");
    if (member_ == kHighlights && !in_list_) return Fault("\"highlights\" is not a list");
    const Member& member = kMembers[member_];
    if (text.size() > member.longest) return Fault(fmt::format("\"{}\" is too long", member.name));
    if (HoldsHidden(text)) {
      return Fault(fmt::format("\"{}\" holds invisible characters", member.name));
    }
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank && !member.may_be_empty) {
      return Fault(fmt::format("\"{}\" is empty or holds an empty string", member.name));
    }
    if (in_list_) {
      if (summary_.highlights_size() == kMostHighlights) {
        return Fault(fmt::format("\"highlights\" has more than {} lines", kMostHighlights));
      }
      summary_.add_highlights(std::move(text));
    } else {
      *TextOf(summary_, member_) = blank ? std::string() : std::move(text);
    }
    return true;
  }

  bool start_object(size_t) override {
    if (in_object_) return Other("an object");
    in_object_ = true;
    return true;
  }
  bool key(string_t& name) override {
    for (member_ = 0; member_ < kMembers.size() && kMembers[member_].name != name;) ++member_;
    if (member_ == kMembers.size()) {
      return Fault(fmt::format("a member \"{}\" was not asked for",
                               paper::Truncate(paper::CleanLine(name), 40)));
    }
    if (seen_[member_]) return Fault(fmt::format("\"{}\" stands there twice", name));
    seen_[member_] = true;
    return true;
  }
  bool end_object() override {
    for (size_t i = 0; i < kMembers.size(); ++i) {
      if (!seen_[i]) return Fault(fmt::format("\"{}\" is missing", kMembers[i].name));
    }
    return true;
  }
  bool start_array(size_t) override {
    if (!in_object_) return Fault("the answer is a list, not a JSON object");
    if (in_list_ || member_ != kHighlights) return Other("a list");
    in_list_ = true;
    return true;
  }
  bool end_array() override {
    in_list_ = false;
    if (summary_.highlights().empty()) return Fault("\"highlights\" is empty");
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    is_json_ = false;
    return Fault("the answer is not one whole JSON object with nothing before or after it");
  }

 private:
  bool Fault(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
    return false;
  }
  bool Other(std::string_view what) {
    if (!in_object_) return Fault(fmt::format("the answer is {}, not a JSON object", what));
    return Fault(fmt::format("\"{}\" is {}{}", kMembers[member_].name,
                             in_list_ ? "a list with " : "", what));
  }

  v1::Summary summary_;
  std::string fault_;
  std::array<bool, kMembers.size()> seen_{};
  size_t member_ = 0;
  bool in_object_ = false;
  bool in_list_ = false;
  bool is_json_ = true;
};

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Without blocks of thoughts at the front. One that never ends leaves nothing.
std::string_view WithoutThoughts(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    for (const auto& [open, close] :
         {std::pair<std::string_view, std::string_view>("<think>", "</think>"),
          {"<thinking>", "</thinking>"},
          {"<reasoning>", "</reasoning>"}}) {
      if (!text.starts_with(open)) continue;
      const size_t end = text.find(close);
      text = end == std::string_view::npos ? std::string_view()
                                           : Trimmed(text.substr(end + close.size()));
      found = true;
    }
  }
  // Servers that cut off where the thoughts begin leave their end.
  constexpr std::string_view kEnd = "</think>";
  const size_t end = text.find(kEnd);
  if (end != std::string_view::npos && end < text.find('{')) {
    text = Trimmed(text.substr(end + kEnd.size()));
  }
  return text;
}

// What stands inside a code fence that is all of `text`; otherwise `text`.
std::string_view WithoutFence(std::string_view text) {
  constexpr std::string_view kFence = "```";
  if (!text.starts_with(kFence) || !text.ends_with(kFence) || text.size() < 2 * kFence.size()) {
    return text;
  }
  std::string_view inside = text.substr(kFence.size(), text.size() - 2 * kFence.size());
  const size_t line = inside.find('\n');
  if (line == std::string_view::npos) return text;
  const std::string_view language = Trimmed(inside.substr(0, line));
  if (!language.empty() && language != "json" && language != "JSON") return text;
  return Trimmed(inside.substr(line));
}

}  // namespace

absl::StatusOr<v1::Summary> ReadAnswer(std::string_view content) {
  if (content.size() > kLongestContent) return absl::InvalidArgumentError("the answer is too long");
  const std::string_view plain = Trimmed(content);
  if (plain.empty()) return absl::InvalidArgumentError("the answer is empty");
  const auto read = [](std::string_view text, CardReader& reader) {
    return nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  };
  CardReader reader;
  if (read(plain, reader)) return reader.Take();
  std::string fault = reader.fault();
  const std::string_view bare = WithoutFence(WithoutThoughts(plain));
  if (!reader.is_json() && bare.size() != plain.size()) {
    CardReader again;
    if (read(bare, again)) return again.Take();
    fault = again.fault();
  }
  return absl::InvalidArgumentError(fault);
}

}  // namespace paperwire::summarize
