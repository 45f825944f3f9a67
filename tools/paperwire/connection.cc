#include "tools/paperwire/connection.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "libs/config/environment.h"

namespace paperwire::cli {
namespace {

// What a PEM file holds; empty for no file.
absl::StatusOr<std::string> ReadPem(const char* setting, const std::string& path) {
  if (path.empty()) return std::string();
  auto text = config::ReadSecretFile(path);
  if (!text.ok()) {
    return absl::InvalidArgumentError(std::string("--") + setting + ": " + path + ": " +
                                      std::string(text.status().message()));
  }
  if (text->find("-----BEGIN ") == std::string::npos) {
    return absl::InvalidArgumentError(std::string("--") + setting + ": " + path +
                                      " is not a PEM file");
  }
  return text;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(
    const ConnectionSettings& settings) {
  if (!settings.tls) {
    if (!settings.ca_file.empty() || !settings.client_cert.empty() ||
        !settings.client_key.empty() || !settings.server_name.empty()) {
      return absl::InvalidArgumentError(
          "--ca-file, --server-name, --client-cert and --client-key go with --tls only");
    }
    return grpc::InsecureChannelCredentials();
  }
  if (settings.client_cert.empty() != settings.client_key.empty()) {
    return absl::InvalidArgumentError("--client-cert and --client-key go together");
  }
  auto ca = ReadPem("ca-file", settings.ca_file);
  if (!ca.ok()) return ca.status();
  auto cert = ReadPem("client-cert", settings.client_cert);
  if (!cert.ok()) return cert.status();
  auto key = ReadPem("client-key", settings.client_key);
  if (!key.ok()) return key.status();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *std::move(ca);
  options.pem_cert_chain = *std::move(cert);
  options.pem_private_key = *std::move(key);
  return grpc::SslCredentials(options);
}

// Whether `address` is on this machine, where nobody listens in.
bool IsLocal(std::string_view address) {
  for (const std::string_view scheme : {"ipv4:", "ipv6:", "dns:///"}) {
    if (address.starts_with(scheme)) address.remove_prefix(scheme.size());
  }
  return address.starts_with("127.") || address.starts_with("localhost:") ||
         address.starts_with("[::1]") || address.starts_with("unix:");
}

grpc::ChannelArguments Arguments(const ConnectionSettings& settings) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetLoadBalancingPolicyName("round_robin");
  // A peer that vanished without a word is noticed within a minute; servers allow 20 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  // Those who wait between tries do it themselves; gRPC's own pause grows to two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 3000);
  if (!settings.server_name.empty()) arguments.SetSslTargetNameOverride(settings.server_name);
  return arguments;
}

// The token in a file that nobody else can read.
absl::StatusOr<std::string> ReadToken(const std::string& path) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) == 0 && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::UnauthenticatedError("--access-token-file: others can read " + path +
                                      "; chmod 600 it");
  }
  auto token = config::ReadSecretFile(path);
  if (!token.ok()) {
    return absl::UnauthenticatedError("--access-token-file: " + path + ": " +
                                      std::string(token.status().message()));
  }
  return token;
}

}  // namespace

void ConnectionSettings::Declare(config::Settings& settings) {
  settings.Flag(&tls, "tls", "Ask over TLS.");
  settings.Text(&ca_file, "ca-file", "PEM file of whom to trust; empty: whom the system trusts.",
                {.file = true});
  settings.Text(&server_name, "server-name",
                "Name in the server's certificate, where it is not that of the address.");
  settings.Text(&client_cert, "client-cert", "PEM file of the caller's certificate.",
                {.file = true});
  settings.Text(&client_key, "client-key", "PEM file of its key.", {.file = true});
  settings.Text(&token_file, "access-token-file",
                "File of the caller's token, for nobody else to read (0600).", {.file = true});
  settings.Text(&token, "access-token", "The caller's token, instead of the file.",
                {.secret = true, .environment_only = true});
}

std::vector<std::string> Addresses(const std::string& servers) {
  constexpr std::string_view kSpace = " \t";
  std::vector<std::string> addresses;
  for (size_t begin = 0; begin <= servers.size();) {
    const size_t end = std::min(servers.find(',', begin), servers.size());
    const size_t first = std::min(servers.find_first_not_of(kSpace, begin), end);
    size_t last = end;
    while (last > first && kSpace.find(servers[last - 1]) != std::string_view::npos) --last;
    if (last > first) addresses.push_back(servers.substr(first, last - first));
    begin = end + 1;
  }
  return addresses;
}

absl::StatusOr<Connection> Connection::Open(const std::string& servers,
                                            const ConnectionSettings& settings) {
  const std::vector<std::string> addresses = Addresses(servers);
  if (addresses.empty()) return absl::InvalidArgumentError("--server: names no address");
  if (!settings.token.empty() && !settings.token_file.empty()) {
    return absl::InvalidArgumentError(
        "PAPERWIRE_ACCESS_TOKEN and --access-token-file: both are set, give one of them");
  }
  const bool has_token = !settings.token.empty() || !settings.token_file.empty();
  if (has_token && !settings.tls && !std::all_of(addresses.begin(), addresses.end(), IsLocal)) {
    return absl::InvalidArgumentError("a token leaves this machine over TLS only: add --tls");
  }
  const auto credentials = Credentials(settings);
  if (!credentials.ok()) return credentials.status();
  Connection connection(settings);
  for (const std::string& address : addresses) {
    connection.channels_.push_back(
        grpc::CreateCustomChannel(address, *credentials, Arguments(settings)));
  }
  return connection;
}

absl::Status Connection::Authorize(grpc::ClientContext& context) const {
  std::string token = settings_.token;
  if (!settings_.token_file.empty()) {
    auto read = ReadToken(settings_.token_file);
    if (!read.ok()) return read.status();
    token = *std::move(read);
  }
  if (token.empty()) return absl::OkStatus();
  const bool plain = std::all_of(token.begin(), token.end(), [](unsigned char letter) {
    return letter > 0x20 && letter < 0x7f;
  });
  if (!plain) return absl::UnauthenticatedError("the access token is not one word of ASCII");
  context.AddMetadata("authorization", "Bearer " + token);
  return absl::OkStatus();
}

}  // namespace paperwire::cli
