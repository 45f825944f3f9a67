#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"

namespace paperwire::telemetry {

// Whether the process lives and whether it can do its work. Thread-safe.
//
// Ready: every part that was ever named is ready and the process is not draining.
// Live: every check answers true; checks look at the process itself (a loop that has stopped),
// never at Kafka or Redis.
class Health {
 public:
  // `why` is shown at /readyz while not ready.
  void SetReady(std::string_view part, bool ready, std::string_view why = "");
  // From now on not ready, whatever the parts say.
  void SetDraining();
  void AddLiveCheck(std::string_view part, std::function<bool()> check);

  bool ready() const;
  bool live() const;
  // One line per part: "kafka: not ready: no broker answers".
  std::string Report() const;

 private:
  struct Part {
    bool ready = false;
    std::string why;
  };
  mutable std::mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, Part, std::less<>> parts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::function<bool()>, std::less<>> checks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace paperwire::telemetry
