#include "libs/llm/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "libs/http/url_policy.h"

namespace paperwire::llm {
namespace {

using Json = nlohmann::json;

constexpr size_t kLongestDetail = 200;
constexpr size_t kLongestIdentifier = 128;
// So much of one is looked through.
constexpr size_t kMostText = 16u << 10;
constexpr size_t kMostMessage = 1u << 10;
// So many bytes on end are recognized again.
constexpr size_t kPromptPiece = 16;
constexpr size_t kKeyPiece = 6;

std::string Lower(std::string_view text) {
  std::string lower(text.substr(0, kMostText));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lower;
}

bool HasAny(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [text](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  });
}

bool SharesPiece(std::string_view text, std::string_view secret, size_t piece) {
  if (secret.empty()) return false;
  if (secret.size() < piece) return text.find(secret) != std::string_view::npos;
  for (size_t at = 0; at + piece <= text.size(); ++at) {
    if (secret.find(text.substr(at, piece)) != std::string_view::npos) return true;
  }
  return false;
}

// At most so many bytes, and no half character at the end.
std::string_view Cut(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

// One line of printable characters.
std::string OneLine(std::string_view text) {
  std::string line;
  text = Cut(text, 4 * kLongestDetail);
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool high_control =
        byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (high_control) ++i;
    if (byte > ' ' && byte != 0x7F && !high_control) {
      line += text[i];
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.size() <= kLongestDetail) return line;
  return std::string(Cut(line, kLongestDetail)) + "…";
}

// A header's text: bytes that are no ASCII may be anything.
std::string Ascii(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

// The words for people in an error, wherever they stand.
std::string MessageOf(const Json& body) {
  if (body.is_array()) return body.empty() ? "" : MessageOf(body.front());
  if (!body.is_object()) return "";
  if (const auto error = body.find("error"); error != body.end()) {
    if (error->is_string()) return error->get<std::string>();
    if (std::string message = TextOf(*error, "message"); !message.empty()) return message;
  }
  for (const char* name : {"message", "detail"}) {
    if (std::string message = TextOf(body, name); !message.empty()) return message;
  }
  return "";
}

// What the endpoint itself says in an error: its words for programs, and those for people where
// they do not repeat what was sent, which may hold anything.
std::string SaidIn(const Json& body, const Secrets& secrets) {
  const Json& object = body.is_array() && !body.empty() ? body.front() : body;
  if (!object.is_object()) return "";
  std::string said;
  const auto error = object.find("error");
  for (const Json* part : {&object, error == object.end() ? &object : &*error}) {
    for (const char* name : {"code", "type"}) said += TextOf(*part, name) + "\n";
  }
  // What matters stands at the beginning; looking through all of a long one takes its time.
  std::string message = MessageOf(object);
  message.resize(Cut(message, kMostMessage).size());
  if (!secrets.AreIn(message)) said += message;
  return Lower(said);
}

// Without what it repeats of the request.
std::string_view BeforeEcho(std::string_view text) {
  for (const std::string_view mark :
       {"'input':", "\"input\":", "'messages':", "\"messages\":", "\\\"messages\\\":"}) {
    text = text.substr(0, text.find(mark));
  }
  return Cut(text, kMostMessage);
}

// Which part of the request an error is about: {"param": …}, or a list of {"loc": […], "msg": …}.
std::string PlacesIn(const Json& body) {
  std::string places;
  if (const auto error = body.find("error"); error != body.end()) {
    places += TextOf(*error, "param") + "\n";
  }
  const auto details = body.find("detail");
  if (details == body.end() || !details->is_array()) return places;
  for (const Json& detail : *details) {
    if (!detail.is_object()) continue;
    if (const auto where = detail.find("loc"); where != detail.end() && where->is_array()) {
      for (const Json& step : *where) {
        if (step.is_string()) places += step.get<std::string>() + "\n";
      }
    }
    places += TextOf(detail, "msg") + "\n";
  }
  return places;
}

// What the endpoint says of the request's parts, in its own words.
std::string Named(const Failure& failure, const Secrets& secrets) {
  if (failure.body == nullptr) {
    const std::string_view own = BeforeEcho(failure.text);
    return secrets.AreIn(own) ? "" : Lower(own);
  }
  const Json& body = *failure.body;
  const Json& object = body.is_array() && !body.empty() ? body.front() : body;
  if (!object.is_object()) return "";
  std::string message = MessageOf(object);
  message.resize(BeforeEcho(message).size());
  if (secrets.AreIn(message)) message.clear();
  return Lower(PlacesIn(object) + message);
}

bool NamesSchema(std::string_view said, std::string_view named) {
  return HasAny(named, {"response_format", "json_schema"}) ||
         HasAny(said, {"json_object", "structured output", "guided_json", "grammar"});
}

bool NamesQuota(std::string_view said) {
  return HasAny(said, {"insufficient_quota", "billing_hard_limit", "billing_not_active",
                       "insufficient balance", "insufficient_balance", "insufficient credits",
                       "credit balance"});
}

bool NamesFilter(std::string_view said) {
  return HasAny(said, {"content_filter", "content_policy", "moderation", "flagged"});
}

bool NamesNoModel(std::string_view said) {
  return HasAny(said, {"model_not_found", "no such model", "unknown model", "invalid model",
                       "not a valid model", "model not exist"}) ||
         (said.find("model") != std::string_view::npos &&
          HasAny(said, {"not found", "not_found", "does not exist", "not available"}));
}

CallOutcome OutcomeOf(const Failure& failure, const std::string& said, const Secrets& secrets,
                      SchemaMode mode) {
  const int status = failure.status;
  const bool json = failure.body != nullptr;
  // Some answer an unknown path with 200.
  if (said.find("unexpected endpoint") != std::string::npos) return CallOutcome::kNotAnEndpoint;
  if (status == 402 || NamesQuota(said)) return CallOutcome::kQuotaExhausted;
  if ((status == 400 || status == 403) && NamesFilter(said)) return CallOutcome::kFiltered;
  if ((status == 400 || status == 403 || status == 404) && NamesNoModel(said)) {
    return CallOutcome::kNoSuchModel;
  }
  if (mode != SchemaMode::kPromptOnly &&
      (status == 400 || status == 422 || status == 500 || status == 501) &&
      NamesSchema(said, Named(failure, secrets))) {
    return CallOutcome::kSchemaUnsupported;
  }
  if (status == 401 || status == 403) return CallOutcome::kUnauthorized;
  if (status == 408) return CallOutcome::kTimeout;
  if (status == 409 || status == 425) return CallOutcome::kServerError;
  if (status == 429) return CallOutcome::kRateLimited;
  if (status >= 500) return CallOutcome::kServerError;
  if (!json || status == 404 || status == 405 || status < 400) return CallOutcome::kNotAnEndpoint;
  return CallOutcome::kBadRequest;
}

std::string_view Phrase(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kUnauthorized:
      return "the key is refused";
    case CallOutcome::kNoSuchModel:
      return "there is no such model";
    case CallOutcome::kQuotaExhausted:
      return "the account is used up";
    case CallOutcome::kRateLimited:
      return "too many calls";
    case CallOutcome::kSchemaUnsupported:
      return "the way of asking for JSON is not known there";
    case CallOutcome::kNotAnEndpoint:
      return "what answers is no such endpoint";
    case CallOutcome::kFiltered:
      return "held back by a filter";
    case CallOutcome::kBadRequest:
      return "the request is refused";
    case CallOutcome::kTimeout:
      return "the endpoint gave up waiting";
    default:
      return "the endpoint is in trouble";
  }
}

}  // namespace

bool Secrets::AreIn(std::string_view text) const {
  return SharesPiece(text, endpoint_.api_key, kKeyPiece) ||
         SharesPiece(text, request_.user, kPromptPiece) ||
         SharesPiece(text, request_.system, kPromptPiece);
}

bool TellsOfError(const Json& body) {
  const Json& object = body.is_array() && !body.empty() ? body.front() : body;
  if (!object.is_object()) return false;
  const auto error = object.find("error");
  return error != object.end() && !error->is_null();
}

int StatusOfError(const Json& body) {
  const Json& error = (body.is_array() ? body.front() : body)["error"];
  if (error.is_object()) {
    const auto code = error.find("code");
    if (code != error.end() && code->is_number_integer()) {
      const auto status = code->get<int64_t>();
      if (status >= 400 && status < 600) return static_cast<int>(status);
    }
  }
  return 500;
}

void ReadFailure(const Failure& failure, const Secrets& secrets, ChatAnswer& answer) {
  const std::string said = failure.body == nullptr ? "" : SaidIn(*failure.body, secrets);
  answer.outcome = OutcomeOf(failure, said, secrets, answer.mode);
  answer.may_be_the_request =
      failure.body == nullptr &&
      (failure.status == 400 || failure.status == 403 || failure.status == 413);
  answer.detail = fmt::format("{} (status {})", Phrase(answer.outcome), failure.status);
  if (failure.status >= 300 && failure.status < 400) {
    const std::string target = OneLine(Ascii(http::UrlForPeople(failure.location)));
    if (!target.empty() && !secrets.AreIn(target)) {
      answer.detail += ": it sends callers to " + target;
    }
    return;
  }
  if (failure.body == nullptr) {
    if (Lower(failure.text).find("<html") != std::string::npos) answer.detail += ": a web page";
    return;
  }
  // Some repeat the key, or all that they were sent.
  const std::string message = OneLine(MessageOf(*failure.body));
  if (message.empty()) return;
  answer.detail += secrets.AreIn(message) ? ": its message repeats what was sent" : ": " + message;
}

bool Learn(const Failure& failure, Dialect& dialect) {
  if (failure.status != 400 && failure.status != 422) return false;
  const std::string text = Lower(failure.text);
  if (!dialect.completion_tokens && text.find("max_completion_tokens") != std::string::npos) {
    dialect.completion_tokens = true;
    return true;
  }
  const bool unsupported =
      HasAny(text, {"unsupported", "not support", "deprecated", "not allowed", "only the default"});
  if (!dialect.no_temperature && unsupported && text.find("temperature") != std::string::npos) {
    dialect.no_temperature = true;
    return true;
  }
  return false;
}

std::string Identifier(std::string_view text, const Secrets& secrets) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("._:/@+-").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!plain || text.size() > kLongestIdentifier || secrets.AreIn(text)) return "";
  return std::string(text);
}

}  // namespace paperwire::llm
