#pragma once

#include <memory>
#include <stop_token>

#include "absl/status/statusor.h"
#include "libs/access/stream_slots.h"
#include "libs/access/tls_files.h"
#include "libs/access/token_file.h"
#include "libs/clock/clock.h"
#include "prometheus/registry.h"
#include "services/serve/config.h"
#include "services/serve/gate.h"

namespace paperwire::serve {

// Who may come in, as the settings say: the files, the gate and the places for streams.
// Thread-safe.
class Access {
 public:
  // InvalidArgument: a file is bad; the message names it and the setting. `clock` and `metrics`
  // must outlive it.
  static absl::StatusOr<std::unique_ptr<Access>> Open(const Config& config,
                                                      const clock::Clock& clock,
                                                      prometheus::Registry& metrics);

  // Looks at the files again every second until `stop`. What has gone bad is told, and changes
  // nothing.
  void Run(std::stop_token stop, const clock::Clock& clock);
  void Reload();

  Gate& gate() { return *gate_; }
  access::StreamSlots& slots() { return slots_; }
  // Null: plain text.
  const access::TlsFiles* tls() const { return tls_.get(); }

 private:
  explicit Access(const Config& config);

  std::unique_ptr<access::TlsFiles> tls_;
  std::unique_ptr<access::TokenFile> tokens_;
  access::StreamSlots slots_;
  std::unique_ptr<Gate> gate_;
};

}  // namespace paperwire::serve
