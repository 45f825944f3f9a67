#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/config/settings.h"
#include "paperwire/v1/operator_service.grpc.pb.h"
#include "tools/paperwire/asker.h"
#include "tools/paperwire/command.h"

namespace paperwire::cli {

// Which server an operator's command asks, and how long it waits for the answer.
struct OperatorSettings {
  std::string server = "127.0.0.1:50052";
  std::chrono::milliseconds deadline{120000};
  ConnectionSettings connection = {};

  // Declares --operator-server, --deadline and those of ConnectionSettings.
  void Declare(config::Settings& settings);
};

// Asks `method` of the OperatorService. Errors as Asker's.
template <typename Response, typename Request>
absl::StatusOr<Response> AskOperator(const OperatorSettings& settings, const Request& request,
                                     grpc::Status (v1::OperatorService::Stub::*method)(
                                         grpc::ClientContext*, const Request&, Response*)) {
  Asker<v1::OperatorService> asker(settings.server, settings.connection, settings.deadline);
  return asker.Ask(request, method);
}

// Prints what was requested and names the papers that were not. Returns the exit code.
template <typename Response>
int Report(Console& console, const absl::StatusOr<Response>& answer) {
  if (!answer.ok()) return Complain(console, answer.status());
  console.out << "requested " << answer->requested() << '\n';
  for (const std::string& id : answer->missing_ids()) {
    console.err << "paperwire: " << id << " is not in the window\n";
  }
  for (const std::string& id : answer->pending_ids()) {
    console.err << "paperwire: " << id
                << " was left alone: a newer state of it is on its way; ask again when that is "
                   "served\n";
  }
  const bool whole = answer->missing_ids().empty() && answer->pending_ids().empty();
  return whole ? kExitOk : kExitNegative;
}

}  // namespace paperwire::cli
