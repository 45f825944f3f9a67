// Whatever a language model's endpoint says: the first byte chooses the status, how was asked and
// in which format; the rest of the first line is its headers' text, and what follows is its body.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/llm/response.h"
#include "libs/paper/text.h"
#include "tests/fuzz/require.h"

namespace paperwire::llm {
namespace {

using fuzz::Require;

constexpr std::array kStatuses = {200, 301, 400, 401, 403, 404, 422, 429, 500, 503};

void RequireLine(const std::string& text, size_t most) {
  Require(text.size() <= most, "what is told is short");
  Require(text.find_first_of("\n\r\x1b") == std::string::npos, "what is told is a line");
  Require(paper::CountBadBytes(text) == 0, "what is told is UTF-8");
}

void Check(unsigned char choice, const std::string& header, const std::string& body) {
  const Endpoint endpoint{.base_url = "https://api.example.org/v1",
                          .model = "m",
                          .api_key = "sk-0123456789",
                          .format = choice % 2 == 0 ? WireFormat::kOpenAi : WireFormat::kAnthropic};
  const ChatRequest request{.system = "Write the card of a paper.", .user = "Title: On quokkas."};
  const http::FetchResponse response{
      .status = kStatuses[choice / 2 % kStatuses.size()],
      .headers = {{"retry-after", header}, {"x-request-id", header}, {"location", header}},
      .body = body,
      .url = ""};
  const clock::WallTime now{std::chrono::hours(490000)};
  Dialect dialect;
  ChatAnswer answer{.mode =
                        choice / 32 % 2 == 0 ? SchemaMode::kJsonSchema : SchemaMode::kPromptOnly};
  ReadResponse(response, endpoint, request, now, dialect, answer);

  for (const std::string* told : {&answer.detail, &answer.model, &answer.request_id}) {
    RequireLine(*told, 400);
    Require(told->find("sk-0123") == std::string::npos, "the key is told to nobody");
    Require(told->find("card of a paper.") == std::string::npos, "the prompt is told to nobody");
  }
  Require(answer.outcome != CallOutcome::kAnswered || !answer.content.empty(),
          "an answer has content");
  Require(answer.content.size() <= body.size(), "an answer is no longer than its body");
  Require(answer.usage.input_tokens >= 0 && answer.usage.output_tokens >= 0,
          "nobody is paid for asking");
  Require(!answer.retry_after.has_value() ||
              (answer.retry_after->count() >= 0 && *answer.retry_after <= std::chrono::hours(24)),
          "nobody waits for more than a day");
}

}  // namespace
}  // namespace paperwire::llm

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  paperwire::llm::Check(data[0], std::string(bytes.substr(0, end)),
                        std::string(bytes.substr(std::min(end + 1, bytes.size()))));
  return 0;
}
