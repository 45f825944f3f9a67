#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "services/serve/access.h"
#include "services/serve/connect.h"
#include "services/serve/feed_service.h"
#include "services/serve/http_face.h"
#include "services/serve/operator_service.h"
#include "services/serve/rpc_server.h"
#include "services/serve/site.h"
#include "tests/support/certificates.h"
#include "tests/support/process.h"
#include "tests/unit/serve/operated_window.h"

namespace paperwire::serve {

// The full name of each method of `service`: "/paperwire.v1.FeedService/ListPapers".
struct MethodName {
  std::string path;
  std::string name;
  const google::protobuf::Descriptor* request = nullptr;
  bool streams = false;
};
std::vector<MethodName> MethodsOf(const std::string& service);

// What came of a call that was made by its bytes.
struct Called {
  grpc::Status status;
  // The server's own code worked on it.
  bool admitted = false;
  // Of the answer; empty: it had none.
  std::string request_id;
};
Called Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
            const std::string& bytes, const std::map<std::string, std::string>& metadata = {},
            std::chrono::milliseconds timeout = std::chrono::seconds(10));

// All faces of serve on free ports of this machine, over a window of three papers in memory. Tokens
// are those of TokenFor.
class Faces {
 public:
  // `config` gets files and addresses: a token file where `tokens`, TLS where `tls`, and asks
  // clients for certificates where `mutual`.
  struct Options {
    bool tokens = false;
    bool require_read = false;
    bool tls = false;
    bool mutual = false;
    // Of both servers; addresses and names are set.
    RpcServer::Options rpc = {};
    Gzip gzip = Gzip::kOff;
  };
  explicit Faces(Options options);
  ~Faces();

  // "Bearer …" of a token with these scopes: "read", "operate", "both", "expired" (of both scopes).
  static std::string TokenFor(const std::string& scopes);

  // With `client` (empty: none) as the client's certificate, trusting the server's authority.
  std::shared_ptr<grpc::Channel> Channel(bool operators, const support::Certificate& client = {});
  std::shared_ptr<grpc::Channel> PlainChannel(bool operators);
  http::Response Http(const http::Request& request) { return http_face.Answer(request); }

  void WriteServerCertificate(const support::Certificate& certificate);
  std::string path(const std::string& name) const { return folder.path() + "/" + name; }

  const support::Authority authority;
  const support::Authority foreign;
  support::TemporaryFolder folder;
  OperatedWindow desk;
  StatusHolder statuses;
  Feed feed;
  FeedMethods methods;
  Config config;
  std::unique_ptr<Access> access;
  RequestCounter requests;
  watch::Service watches;
  FeedService feed_service;
  OperatorService operator_service;
  Site site;
  Connect connect;
  HttpFace http_face;
  std::unique_ptr<RpcServer> readers;
  std::unique_ptr<RpcServer> operators;

 private:
  std::unique_ptr<Access> OpenAccess(const Options& options);
};

}  // namespace paperwire::serve
