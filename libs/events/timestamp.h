#pragma once

#include "google/protobuf/timestamp.pb.h"
#include "libs/clock/clock.h"

namespace paperwire::events {

// A wall time as events carry it. Pure, thread-safe.
google::protobuf::Timestamp ToTimestamp(clock::WallTime time);

}  // namespace paperwire::events
