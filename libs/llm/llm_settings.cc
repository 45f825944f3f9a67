#include "libs/llm/llm_settings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "libs/http/address_policy.h"
#include "libs/http/url_policy.h"

namespace paperwire::llm {
namespace {

using std::chrono::milliseconds;

// "llm-", "llm-2-", "llm-3-".
std::string Prefix(size_t position) {
  return position == 0 ? "llm-" : fmt::format("llm-{}-", position + 1);
}

// As people copy it from a manual: with slashes at its end, or with the path of one request.
std::string Tidied(std::string url) {
  const auto trim = [&url] { url.erase(url.find_last_not_of('/') + 1); };
  trim();
  for (const std::string_view path : {"/chat/completions", "/messages"}) {
    if (!url.ends_with(path)) continue;
    url.resize(url.size() - path.size());
    trim();
  }
  return url;
}

// What every header may hold.
bool IsPlain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

int64_t Microdollars(double dollars) { return std::llround(dollars * 1e6); }

// Of a soft limit whose hard one is not given.
int64_t ATenthAbove(int64_t soft) { return soft + soft / 10; }

// Collects what is wrong, each with the setting that is to be changed.
class Complaints {
 public:
  void Add(const std::string& setting, const std::string& what) {
    line_ += fmt::format("{}--{}: {}", line_.empty() ? "" : "; ", setting, what);
  }
  absl::Status status() const {
    return line_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(line_);
  }

 private:
  std::string line_;
};

void CheckUrl(const std::string& setting, const std::string& url, const LlmSettings& settings,
              Complaints& wrong) {
  const absl::StatusOr<http::Url> parsed = http::ParseUrl(url);
  if (!parsed.ok()) {
    wrong.Add(setting, std::string(parsed.status().message()));
    return;
  }
  if (url.find_first_of("?#") != std::string::npos) {
    wrong.Add(setting, "an address without ? and # is wanted, such as https://host/v1");
    return;
  }
  if (parsed->IsLoopback()) return;
  if (parsed->scheme == "http" && !settings.allow_http) {
    wrong.Add(setting, fmt::format("http to {} would show the key to the network; give https, or "
                                   "allow it with --llm-allow-http",
                                   parsed->host));
  }
  if (!settings.allow_private && http::KindOfHost(parsed->host) != http::AddressKind::kPublic) {
    wrong.Add(setting, fmt::format("{} is not a public address; --llm-allow-private allows it",
                                   parsed->host));
  }
}

void CheckModel(const std::string& prefix, const Endpoint& endpoint, Complaints& wrong) {
  if (endpoint.model.empty()) {
    wrong.Add(prefix + "model", fmt::format("not given, and --{}base-url needs one", prefix));
  }
  // A line break would forge a header; a blank is a slip of the hand.
  for (const auto& [name, text] :
       {std::pair("api-key", &endpoint.api_key), std::pair("organization", &endpoint.organization),
        std::pair("project", &endpoint.project)}) {
    if (!IsPlain(*text)) wrong.Add(prefix + name, "holds a character that no header may hold");
  }
}

void CheckLimits(const LlmSettings& settings, bool priced, Complaints& wrong) {
  if (settings.first_byte_timeout > settings.total_timeout) {
    wrong.Add("llm-first-byte-timeout", "above --llm-total-timeout");
  }
  if (settings.connect_timeout > settings.total_timeout) {
    wrong.Add("llm-connect-timeout", "above --llm-total-timeout");
  }
  if (settings.daily_tokens_hard > 0 && settings.daily_tokens_hard < settings.daily_tokens) {
    wrong.Add("llm-daily-tokens-hard",
              fmt::format("{} is below --llm-daily-tokens, {}", settings.daily_tokens_hard,
                          settings.daily_tokens));
  }
  if (settings.daily_dollars_hard > 0 && settings.daily_dollars_hard < settings.daily_dollars) {
    wrong.Add("llm-daily-dollars-hard",
              fmt::format("{} is below --llm-daily-dollars, {}", settings.daily_dollars_hard,
                          settings.daily_dollars));
  }
  if (!priced && (settings.daily_dollars > 0 || settings.daily_dollars_hard > 0)) {
    wrong.Add("llm-daily-dollars",
              "no model has a price (--llm-input-price, --llm-output-price), so nothing counts");
  }
  if (!settings.ca_file.empty() && access(settings.ca_file.c_str(), R_OK) != 0) {
    wrong.Add("llm-ca-file", settings.ca_file + " cannot be read");
  }
  if (!settings.proxy.empty() && settings.proxy.find("://") == std::string::npos) {
    wrong.Add("llm-proxy", "an address such as http://host:3128 is wanted");
  }
}

}  // namespace

void LlmSettings::Declare(config::Settings& settings) {
  for (size_t i = 0; i < models.size(); ++i) {
    Model& each = models[i];
    const std::string prefix = Prefix(i);
    // The first one's words say it in full.
    const auto help = [i](const char* first) {
      return i == 0 ? std::string(first)
                    : fmt::format("The same of model {}, asked where those before it cannot be.",
                                  i + 1);
    };
    settings.Text(&each.base_url, prefix + "base-url",
                  help("Address of a language model's endpoint, such as https://host/v1; empty: "
                       "none is asked."));
    settings.Text(&each.model, prefix + "model", help("The model's name there."));
    settings.Text(&each.api_key, prefix + "api-key",
                  help("The key for it; a file of it must be its owner's alone (0600)."),
                  {.secret = true, .private_file = true});
    settings.Text(&each.organization, prefix + "organization",
                  help("Sent as OpenAI-Organization; empty: not sent."));
    settings.Text(&each.project, prefix + "project",
                  help("Sent as OpenAI-Project; empty: not sent."));
    settings.Text(&each.format, prefix + "format",
                  help("How the endpoint is spoken to: chat completions, or Anthropic's messages."),
                  {.choices = {"openai", "anthropic"}});
    settings.Real(&each.input_price, prefix + "input-price",
                  help("US dollars for a million tokens in."), 0, 10000);
    settings.Real(&each.output_price, prefix + "output-price",
                  help("US dollars for a million tokens out."), 0, 10000);
  }
  settings.Text(&proxy, "llm-proxy",
                "Proxy to the endpoints, such as http://host:3128; the environment's are ignored.");
  settings.Text(&ca_file, "llm-ca-file",
                "PEM file of whom to trust at the endpoints; empty: whom the system trusts.",
                {.file = true});
  settings.Flag(&allow_http, "llm-allow-http",
                "Ask over http without TLS beyond this machine too.");
  settings.Flag(&allow_private, "llm-allow-private", "Ask at addresses of the local network too.");
  settings.Duration(&connect_timeout, "llm-connect-timeout", "How long connecting may take.",
                    milliseconds(10), std::chrono::minutes(1));
  settings.Duration(&first_byte_timeout, "llm-first-byte-timeout",
                    "How long an answer may take to begin; most begin when they are whole.",
                    milliseconds(10), std::chrono::hours(1));
  settings.Duration(&total_timeout, "llm-total-timeout", "How long a call may take.",
                    milliseconds(10), std::chrono::hours(1));
  settings.Integer(&concurrency, "llm-concurrency", "Calls under way at once in this process.", 1,
                   256);
  settings.Integer(&total_concurrency, "llm-total-concurrency",
                   "The most calls under way at an endpoint, of all processes; fewer where it "
                   "answers slowly or refuses.",
                   1, 4096);
  settings.Integer(&daily_tokens, "llm-daily-tokens",
                   "Tokens a day (UTC) after which no new paper is begun; 0: no limit.", 0,
                   1'000'000'000'000);
  settings.Integer(&daily_tokens_hard, "llm-daily-tokens-hard",
                   "Tokens a day after which nothing is asked; 0: a tenth above the other.", 0,
                   1'000'000'000'000);
  settings.Real(&daily_dollars, "llm-daily-dollars",
                "US dollars a day (UTC) after which no new paper is begun; 0: no limit.", 0, 1e6);
  settings.Real(&daily_dollars_hard, "llm-daily-dollars-hard",
                "US dollars a day after which nothing is asked; 0: a tenth above the other.", 0,
                1e6);
  settings.Integer(&max_output_tokens, "llm-max-output-tokens",
                   "Tokens that one answer may have, a model's thinking included.", 64, 131072);
}

absl::StatusOr<std::vector<Endpoint>> LlmSettings::Endpoints() const {
  Complaints wrong;
  std::vector<Endpoint> endpoints;
  bool priced = false;
  for (size_t i = 0; i < models.size(); ++i) {
    const Model& each = models[i];
    if (each.base_url.empty()) continue;
    const std::string prefix = Prefix(i);
    Endpoint endpoint{
        .base_url = Tidied(each.base_url),
        .model = each.model,
        .api_key = each.api_key,
        .organization = each.organization,
        .project = each.project,
        .format = each.format == "anthropic" ? WireFormat::kAnthropic : WireFormat::kOpenAi,
        .input_price = each.input_price,
        .output_price = each.output_price};
    CheckUrl(prefix + "base-url", endpoint.base_url, *this, wrong);
    CheckModel(prefix, endpoint, wrong);
    const bool twice =
        std::any_of(endpoints.begin(), endpoints.end(), [&endpoint](const Endpoint& other) {
          return other.base_url == endpoint.base_url && other.model == endpoint.model;
        });
    if (twice) wrong.Add(prefix + "model", "the same model as one before it");
    priced = priced || each.input_price > 0 || each.output_price > 0;
    endpoints.push_back(std::move(endpoint));
  }
  if (!endpoints.empty()) CheckLimits(*this, priced, wrong);
  if (const absl::Status status = wrong.status(); !status.ok()) return status;
  return endpoints;
}

http::MultiClient::Options LlmSettings::ClientOptions() const {
  return {.user_agent = "paperwire/" PAPERWIRE_VERSION,
          .allow_http = allow_http,
          .allow_private = allow_private,
          .proxy = proxy,
          .ca_file = ca_file};
}

Timeouts LlmSettings::TimeoutsOfCalls() const {
  return {.connect = connect_timeout, .first_byte = first_byte_timeout, .total = total_timeout};
}

DailyLimits LlmSettings::Limits() const {
  DailyLimits limits{.soft_tokens = daily_tokens,
                     .hard_tokens = daily_tokens_hard,
                     .soft_microdollars = Microdollars(daily_dollars),
                     .hard_microdollars = Microdollars(daily_dollars_hard)};
  if (limits.hard_tokens == 0) limits.hard_tokens = ATenthAbove(limits.soft_tokens);
  if (limits.hard_microdollars == 0) {
    limits.hard_microdollars = ATenthAbove(limits.soft_microdollars);
  }
  return limits;
}

}  // namespace paperwire::llm
