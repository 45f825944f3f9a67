#include "tests/integration/access/faces.h"

#include <future>

#include "grpcpp/generic/generic_stub.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {

namespace {

const clock::Clock& SystemClock() {
  static const clock::SystemClock kClock;
  return kClock;
}

}  // namespace

std::vector<MethodName> MethodsOf(const std::string& service) {
  std::vector<MethodName> methods;
  const auto* const found =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  for (int i = 0; found != nullptr && i < found->method_count(); ++i) {
    const auto& method = *found->method(i);
    methods.push_back({.path = "/" + service + "/" + method.name(),
                       .name = method.name(),
                       .request = method.input_type(),
                       .streams = method.server_streaming()});
  }
  return methods;
}

Called Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
            const std::string& bytes, const std::map<std::string, std::string>& metadata,
            std::chrono::milliseconds timeout) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(clock::SystemClock().Now() + timeout);
  for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, path, {}, &request, &response,
                 [&ended](grpc::Status status) { ended.set_value(std::move(status)); });
  Called called;
  called.status = ended.get_future().get();
  const auto& answered = context.GetServerInitialMetadata();
  if (const auto id = answered.find("x-request-id"); id != answered.end()) {
    called.request_id = std::string(id->second.data(), id->second.size());
  }
  // No method answers with these by itself.
  const grpc::StatusCode code = called.status.error_code();
  called.admitted = !called.request_id.empty() && code != grpc::StatusCode::UNAUTHENTICATED &&
                    code != grpc::StatusCode::PERMISSION_DENIED &&
                    code != grpc::StatusCode::RESOURCE_EXHAUSTED;
  return called;
}

std::string Faces::TokenFor(const std::string& scopes) { return "Bearer pw_test-" + scopes; }

Faces::Faces(Options options)
    : feed(desk.snapshots, statuses, desk.feed_clock),
      methods(feed),
      access(OpenAccess(options)),
      requests(desk.metrics),
      watches({}, {.snapshots = desk.snapshots,
                   .statuses = statuses,
                   .feed = feed,
                   .clock = SystemClock(),
                   .slots = access->slots(),
                   .registry = desk.metrics}),
      feed_service(methods, access->gate(), requests, &watches,
                   {.encrypted = options.tls, .gzip = options.gzip}),
      operator_service(access->gate(), requests, options.tls),
      site(feed, desk.snapshots, statuses, desk.feed_clock, requests),
      connect(methods, access->gate(), requests, {}),
      http_face(site, connect, access->gate(), requests) {
  desk.Load({MakeEntry("2606.00001", "2026-06-23", {"nlp"}), MakeEntry("2606.00002", "2026-06-23"),
             MakeEntry("2606.00003", "2026-06-22")});
  statuses.Set({});
  operator_service.Attach(desk.operations);
  const auto start = [&](grpc::Service& service, const char* name, bool reflection) {
    RpcServer::Options rpc = options.rpc;
    rpc.listen = "127.0.0.1:0";
    rpc.name = name;
    rpc.tls = access->tls();
    rpc.reflection = reflection;
    return *RpcServer::Start(std::move(rpc), service);
  };
  readers = start(feed_service, "paperwire.v1.FeedService", !options.require_read);
  operators = start(operator_service, "paperwire.v1.OperatorService", !options.tokens);
}

Faces::~Faces() {
  watches.Drain();
  operator_service.Detach();
  readers.reset();
  operators.reset();
}

std::unique_ptr<Access> Faces::OpenAccess(const Options& options) {
  if (options.tokens) {
    std::string lines;
    const auto add = [&lines](const std::string& name, std::vector<access::Scope> scopes,
                              absl::Time expires = absl::InfiniteFuture()) {
      lines += access::LineOf({.name = name,
                               .scopes = std::move(scopes),
                               .hash = access::HashOf("pw_test-" + name),
                               .expires = expires}) +
               "\n";
    };
    add("read", {access::Scope::kRead});
    add("operate", {access::Scope::kOperate});
    add("both", {access::Scope::kRead, access::Scope::kOperate});
    add("expired", {access::Scope::kRead, access::Scope::kOperate}, absl::UnixEpoch());
    support::WriteFile(path("tokens"), lines);
    config.token_file = path("tokens");
  }
  config.require_read_token = options.require_read;
  if (options.tls) {
    WriteServerCertificate(authority.Sign("server"));
    config.tls_cert = path("server.crt");
    config.tls_key = path("server.key");
  }
  if (options.mutual) {
    support::WriteFile(path("ca.crt"), authority.certificate());
    config.tls_client_ca = path("ca.crt");
  }
  return *Access::Open(config, SystemClock(), desk.metrics);
}

void Faces::WriteServerCertificate(const support::Certificate& certificate) {
  support::WriteFile(path("server.crt"), certificate.certificate);
  support::WriteFile(path("server.key"), certificate.key);
}

std::shared_ptr<grpc::Channel> Faces::Channel(bool of_operators,
                                              const support::Certificate& client) {
  if (access->tls() == nullptr) return PlainChannel(of_operators);
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority.certificate();
  options.pem_cert_chain = client.certificate;
  options.pem_private_key = client.key;
  grpc::ChannelArguments arguments;
  // A channel of its own for each: gRPC shares connections otherwise.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto port = (of_operators ? operators : readers)->port();
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::SslCredentials(options), arguments);
}

std::shared_ptr<grpc::Channel> Faces::PlainChannel(bool of_operators) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto port = (of_operators ? operators : readers)->port();
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace paperwire::serve
