#include "libs/events/timestamp.h"

#include <chrono>

namespace paperwire::events {

google::protobuf::Timestamp ToTimestamp(clock::WallTime time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(seconds.count());
  stamp.set_nanos(static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count()));
  return stamp;
}

}  // namespace paperwire::events
