#pragma once

#include <memory>

#include "grpcpp/security/server_credentials.h"
#include "libs/access/tls_files.h"

namespace paperwire::serve {

// TLS for a gRPC server by `files`, which must outlive the server: each handshake takes what they
// hold then. Where they name a client CA, only clients with a certificate of it get through.
std::shared_ptr<grpc::ServerCredentials> TlsCredentials(const access::TlsFiles& files);

}  // namespace paperwire::serve
