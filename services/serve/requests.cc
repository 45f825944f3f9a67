#include "services/serve/requests.h"

#include "libs/telemetry/log.h"

namespace paperwire::serve {

void TellAnswer(const char* face, const Caller& caller, const absl::Status& status) {
  const bool ours = absl::IsInternal(status) || absl::IsUnknown(status) || absl::IsDataLoss(status);
  const auto level = ours ? telemetry::Level::kError : telemetry::Level::kDebug;
  if (!telemetry::IsLogged(level)) return;
  telemetry::Log(level, "answered",
                 {{"face", face},
                  {"request_id", caller.request_id},
                  {"caller", caller.key},
                  {"status", status}});
}

}  // namespace paperwire::serve
