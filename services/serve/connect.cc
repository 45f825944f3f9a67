#include "services/serve/connect.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/serve/error_details.h"
#include "services/serve/request_check.h"

namespace paperwire::serve {
namespace {

constexpr std::string_view kPrefix = "/paperwire.v1.FeedService/";
constexpr char kJson[] = "application/json";
constexpr char kProto[] = "application/proto";

struct CodeName {
  absl::StatusCode code;
  const char* name;
  int http;
};
constexpr CodeName kCodes[] = {{absl::StatusCode::kCancelled, "canceled", 499},
                               {absl::StatusCode::kUnknown, "unknown", 500},
                               {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
                               {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
                               {absl::StatusCode::kNotFound, "not_found", 404},
                               {absl::StatusCode::kAlreadyExists, "already_exists", 409},
                               {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
                               {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
                               {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
                               {absl::StatusCode::kAborted, "aborted", 409},
                               {absl::StatusCode::kOutOfRange, "out_of_range", 400},
                               {absl::StatusCode::kUnimplemented, "unimplemented", 501},
                               {absl::StatusCode::kInternal, "internal", 500},
                               {absl::StatusCode::kUnavailable, "unavailable", 503},
                               {absl::StatusCode::kDataLoss, "data_loss", 500},
                               {absl::StatusCode::kUnauthenticated, "unauthenticated", 401}};

const CodeName& NameOf(absl::StatusCode code) {
  const auto* const found =
      std::find_if(std::begin(kCodes), std::end(kCodes),
                   [code](const CodeName& name) { return name.code == code; });
  return found == std::end(kCodes) ? kCodes[1] : *found;
}

std::string_view HeaderOf(const http::Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : found->second;
}

// "application/json" of "application/json; charset=utf-8".
std::string_view MediaType(const http::Request& request) {
  const std::string_view type = HeaderOf(request, "content-type");
  const std::string_view media = type.substr(0, type.find(';'));
  return media.substr(0, media.find_last_not_of(' ') + 1);
}

http::Response Refused(int status, const char* code, const std::string& message) {
  http::Response response =
      http::Response::Json(status, nlohmann::json{{"code", code}, {"message", message}}.dump());
  response.content_type = kJson;
  return response;
}

// When the caller stops waiting, by its Connect-Timeout-Ms.
absl::StatusOr<absl::Duration> TimeoutOf(const http::Request& request) {
  const std::string_view text = HeaderOf(request, "connect-timeout-ms");
  if (text.empty()) return absl::InfiniteDuration();
  uint64_t milliseconds = 0;
  constexpr size_t kMostDigits = 10;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > kMostDigits) {
    return InvalidField("connect-timeout-ms", "must be a number of up to ten digits");
  }
  return absl::Milliseconds(milliseconds);
}

// Protobuf says "(page_size): invalid value …" where it knows the field.
absl::Status NotRead(const std::string& why) {
  const size_t open = why.find('(');
  const size_t close = why.find("): ");
  if (open != std::string::npos && close != std::string::npos && open + 1 < close) {
    return InvalidField(why.substr(open + 1, close - open - 1), why.substr(close + 3));
  }
  return InvalidField("request", why.substr(0, why.find('\n')));
}

}  // namespace

int HttpStatusOf(absl::StatusCode code) { return NameOf(code).http; }

http::Response JsonError(const absl::Status& full) {
  const absl::Status status = Bounded(full);
  const CodeName& name = NameOf(status.code());
  nlohmann::json body{{"code", name.name}, {"message", std::string(status.message())}};
  for (const auto& [type, bytes] : DetailsOf(status)) {
    std::string value = absl::Base64Escape(bytes);
    value.resize(value.find_last_not_of('=') + 1);
    body["details"].push_back({{"type", type}, {"value", value}});
  }
  http::Response response = http::Response::Json(
      name.http, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  response.content_type = kJson;
  const absl::Duration delay = RetryDelay(status);
  if (delay != absl::InfiniteDuration()) {
    response.headers.emplace_back("Retry-After",
                                  fmt::format("{:.0f}", std::ceil(absl::ToDoubleSeconds(delay))));
  }
  if (name.http == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Connect::Connect(const FeedMethods& methods, Gate& gate, RequestCounter& requests,
                 std::vector<std::string> cors_origins)
    : methods_(methods), gate_(gate), requests_(requests), cors_origins_(std::move(cors_origins)) {}

bool Connect::Owns(std::string_view path) { return path.starts_with(kPrefix); }

http::Response Connect::Answer(const http::Request& request) {
  const std::string request_id = gate_.RequestId(HeaderOf(request, "x-request-id"));
  http::Response response = Route(request, request_id);
  response.headers.emplace_back("X-Request-Id", request_id);
  AddCors(request, response);
  response.headers.emplace_back("Cache-Control", "no-store");
  requests_.Count("connect", std::to_string(response.status));
  return response;
}

http::Response Connect::Route(const http::Request& request, const std::string& request_id) {
  if (request.method == "OPTIONS") {
    http::Response response = http::Response::Text(204, "");
    response.headers.emplace_back("Allow", "POST, OPTIONS");
    return response;
  }
  const auto timeout = TimeoutOf(request);
  const absl::StatusOr<Caller> caller =
      gate_.Admit({.peer = request.peer,
                   .authorization = HeaderOf(request, "authorization"),
                   .request_id = request_id,
                   .timeout = timeout.ok() ? *timeout : absl::InfiniteDuration()},
                  access::Scope::kRead);
  if (!caller.ok()) return JsonError(caller.status());
  if (!timeout.ok()) return JsonError(timeout.status());
  if (request.method != "POST") {
    http::Response response = Refused(405, "unimplemented", "methods are asked by POST");
    response.headers.emplace_back("Allow", "POST, OPTIONS");
    return response;
  }
  const UnaryMethod* const method = methods_.Find(request.path.substr(kPrefix.size()));
  if (method == nullptr) {
    return Refused(404, "unimplemented",
                   "FeedService has no such method here; streams go over gRPC");
  }
  const std::string_view type = MediaType(request);
  const std::string_view encoding = HeaderOf(request, "content-encoding");
  if ((type != kJson && type != kProto) || (!encoding.empty() && encoding != "identity")) {
    http::Response response = Refused(
        415, "unknown", "a request is application/json or application/proto, not compressed");
    response.headers.emplace_back("Accept-Post", "application/json, application/proto");
    return response;
  }
  const std::string_view version = HeaderOf(request, "connect-protocol-version");
  if (!version.empty() && version != "1") {
    return JsonError(InvalidField("connect-protocol-version", "must be 1"));
  }
  absl::StatusOr<std::string> answer = Ask(*method, request, *caller, type == kJson);
  TellAnswer("connect", *caller, answer.status());
  if (!answer.ok()) return JsonError(answer.status());
  http::Response response;
  response.content_type = type;
  response.body = std::make_shared<const std::string>(*std::move(answer));
  return response;
}

absl::StatusOr<std::string> Connect::Ask(const UnaryMethod& method, const http::Request& request,
                                         const Caller& caller, bool json) const {
  const std::unique_ptr<google::protobuf::Message> message(method.request->New());
  if (json) {
    if (!request.body.empty()) {
      const auto read = google::protobuf::util::JsonStringToMessage(request.body, message.get());
      if (!read.ok()) return NotRead(std::string(read.message()));
    }
  } else if (!message->ParseFromString(request.body)) {
    return UnreadableRequest(*method.request, request.body);
  }
  if (absl::Status checked = CheckEnums(*message); !checked.ok()) return checked;
  const absl::StatusOr<Payload> payload = method.run(*message, caller);
  if (!payload.ok()) return payload.status();
  if (!json) return payload->Flat();
  // JSON costs more than the answer did.
  if (caller.TimeIsUp()) {
    return absl::DeadlineExceededError("the deadline passed before the answer was written");
  }
  const std::unique_ptr<google::protobuf::Message> response(method.response->New());
  std::string text;
  if (!response->ParseFromString(payload->Flat()) ||
      !google::protobuf::util::MessageToJsonString(*response, &text).ok()) {
    return absl::InternalError("the answer cannot be written as JSON");
  }
  return text;
}

void Connect::AddCors(const http::Request& request, http::Response& response) const {
  const std::string_view origin = HeaderOf(request, "origin");
  if (cors_origins_.empty() || origin.empty()) return;
  const bool all =
      std::find(cors_origins_.begin(), cors_origins_.end(), "*") != cors_origins_.end();
  response.headers.emplace_back("Vary", "Origin");
  if (!all &&
      std::find(cors_origins_.begin(), cors_origins_.end(), origin) == cors_origins_.end()) {
    return;
  }
  response.headers.emplace_back("Access-Control-Allow-Origin", all ? "*" : std::string(origin));
  response.headers.emplace_back("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
  if (request.method != "OPTIONS") return;
  response.headers.emplace_back("Access-Control-Allow-Methods", "POST");
  response.headers.emplace_back(
      "Access-Control-Allow-Headers",
      "Authorization, Connect-Protocol-Version, Connect-Timeout-Ms, Content-Type, X-Request-Id");
  response.headers.emplace_back("Access-Control-Max-Age", "7200");
}

}  // namespace paperwire::serve
