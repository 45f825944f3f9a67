#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/config/settings.h"

namespace paperwire::cli {

// How to get to a server and be let in.
struct ConnectionSettings {
  bool tls = false;
  std::string ca_file = {};
  std::string server_name = {};
  std::string client_cert = {};
  std::string client_key = {};
  std::string token = {};
  std::string token_file = {};

  // Declares --tls, --ca-file, --server-name, --client-cert, --client-key, --access-token-file and
  // PAPERWIRE_ACCESS_TOKEN.
  void Declare(config::Settings& settings);
};

// "a:1, b:2" → a:1 and b:2. Pure.
std::vector<std::string> Addresses(const std::string& servers);

// Channels to one or several servers that give the same answers. Thread-safe.
class Connection {
 public:
  // `servers` are addresses by commas. Reads the files of TLS. InvalidArgument names the setting.
  static absl::StatusOr<Connection> Open(const std::string& servers,
                                         const ConnectionSettings& settings);

  // One a server, in the order given; each connects when it is first used. A name that stands for
  // several addresses is asked in turn.
  const std::vector<std::shared_ptr<grpc::Channel>>& channels() const { return channels_; }

  // Adds the token, if there is one, to a call; its file is read anew. Unauthenticated: it
  // cannot be read, or others can.
  absl::Status Authorize(grpc::ClientContext& context) const;

 private:
  explicit Connection(const ConnectionSettings& settings) : settings_(settings) {}

  ConnectionSettings settings_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace paperwire::cli
