#pragma once

#include <string>

#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::serve {

// The card as classify sends it, or its removal, as a record of partition 0.
inline bus::Message TaggedMessage(const v1::Entry& entry, int64_t offset, const clock::Clock& clock,
                                  const std::string& removed_reason = "") {
  v1::TaggedPaper event;
  *event.mutable_paper() = entry.paper();
  *event.mutable_summary() = entry.summary();
  *event.mutable_tags() = entry.tags();
  *event.mutable_revision() = entry.revision();
  event.set_removed(!removed_reason.empty());
  event.set_removed_reason(removed_reason);
  bus::Message message = events::Encode(
      events::kTagged, event, {.service = "classify", .configuration = "lexicon-1"}, clock);
  message.partition = 0;
  message.offset = offset;
  message.timestamp_ms = 1000;
  return message;
}

}  // namespace paperwire::serve
