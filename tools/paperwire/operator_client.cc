#include "tools/paperwire/operator_client.h"

namespace paperwire::cli {

void OperatorSettings::Declare(config::Settings& settings) {
  settings.Text(&server, "operator-server",
                "gRPC address for operators (serve's --operator-listen).");
  settings.Duration(&deadline, "deadline", "How long to wait for the answer.",
                    std::chrono::milliseconds(10), std::chrono::minutes(10));
  connection.Declare(settings);
}

}  // namespace paperwire::cli
