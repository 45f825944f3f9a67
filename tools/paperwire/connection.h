#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace paperwire::cli {

// "a:1, b:2" → a:1 and b:2. Pure.
std::vector<std::string> Addresses(const std::string& servers);

// A channel to `address`; connects when it is first used. A name with several addresses is asked in
// turn.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

}  // namespace paperwire::cli
