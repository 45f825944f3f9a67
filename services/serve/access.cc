#include "services/serve/access.h"

#include <string>
#include <utility>

#include "libs/telemetry/log.h"

namespace paperwire::serve {
namespace {

absl::Status Of(const char* setting, const absl::Status& status) {
  return {status.code(), std::string(status.message()) + " (" + setting + ")"};
}

void Tell(const char* what, const absl::StatusOr<bool>& reloaded) {
  if (!reloaded.ok()) {
    telemetry::Log(telemetry::Level::kError, "a file has gone bad; what was read before holds",
                   {{"of", what}, {"error", reloaded.status()}});
  } else if (*reloaded) {
    telemetry::Log(telemetry::Level::kInfo, "read anew", {{"of", what}});
  }
}

}  // namespace

Access::Access(const Config& config)
    : slots_({.total = static_cast<size_t>(config.watch_streams),
              .per_key = static_cast<size_t>(config.watch_streams_per_caller)}) {}

absl::StatusOr<std::unique_ptr<Access>> Access::Open(const Config& config,
                                                     const clock::Clock& clock,
                                                     prometheus::Registry& metrics) {
  std::unique_ptr<Access> access(new Access(config));
  if (!config.tls_cert.empty()) {
    auto files = access::TlsFiles::Open(
        {.certificate = config.tls_cert, .key = config.tls_key, .client_ca = config.tls_client_ca});
    if (!files.ok()) return Of("--tls-cert, --tls-key, --tls-client-ca", files.status());
    access->tls_ = *std::move(files);
  }
  if (!config.token_file.empty()) {
    auto tokens = access::TokenFile::Open(config.token_file);
    if (!tokens.ok()) return Of("--token-file", tokens.status());
    access->tokens_ = *std::move(tokens);
  }
  access->gate_ =
      std::make_unique<Gate>(Gate::Options{.tokens = access->tokens_.get(),
                                           .require_read_token = config.require_read_token,
                                           .requests_per_second = config.requests_per_second},
                             clock, metrics);
  return access;
}

void Access::Run(std::stop_token stop, const clock::Clock& clock) {
  constexpr std::chrono::seconds kEvery{1};
  while (clock.SleepFor(kEvery, stop)) Reload();
}

void Access::Reload() {
  if (tls_ != nullptr) Tell("TLS", tls_->Reload());
  if (tokens_ != nullptr) Tell("tokens", tokens_->Reload());
}

}  // namespace paperwire::serve
