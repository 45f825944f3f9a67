#include "tools/paperwire/connection.h"

namespace paperwire::cli {

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

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
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
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace paperwire::cli
