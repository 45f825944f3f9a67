#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message_lite.h"
#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "libs/paper/revision.h"
#include "paperwire/v1/events.pb.h"

namespace paperwire::events {

// What the headers of a record about a paper are made from.
struct Origin {
  // The stage that writes it: "ingest", "summarize", "classify", "serve".
  std::string_view service = {};
  // What the result depends on beside the input: model and settings, in words.
  std::string_view configuration = {};
  // The record it was made from, for its traceparent; null: a new trace starts.
  const bus::Message* cause = nullptr;
};

// A record for `topic`: key, value and all headers of docs/architecture.md. ce_id is
// hash(stage, id, revision, configuration) and so equal on every re-run.
bus::Message Encode(std::string_view topic, const v1::NewPaper& event, const Origin& origin,
                    const clock::Clock& clock);
bus::Message Encode(std::string_view topic, const v1::SummarizedPaper& event, const Origin& origin,
                    const clock::Clock& clock);
bus::Message Encode(std::string_view topic, const v1::TaggedPaper& event, const Origin& origin,
                    const clock::Clock& clock);
// The record for `tagged` of `event` with the tags and the tag_provenance of `added`, which has
// nothing else. `origin.cause` must be set: it is the record that `event` was read from. Equal in
// meaning to what CarryOver and Encode would make, but `event` is not written anew: its bytes are
// taken as they came, in whatever order their writer put them.
bus::Message EncodeOnto(const v1::SummarizedPaper& event, const v1::TaggedPaper& added,
                        const Origin& origin, const clock::Clock& clock);
bus::Message Encode(const v1::Batch& batch, const clock::Clock& clock);
bus::Message Encode(const v1::Cycle& cycle, const clock::Clock& clock);

// Reads a record into `event`. InvalidArgument says what is wrong: no key, larger than
// kMaxRecordBytes, not the message, no paper id or one that is not canonical, a key that is not the
// paper's id, no version, no announcement date of the form YYYY-MM-DD, a revision that does not
// match the version. Unknown fields survive in `event`.
absl::Status Decode(const bus::Message& message, v1::NewPaper& event);
// Quicker into an event that was used before; a part that the record lacks is then there and empty.
absl::Status Decode(const bus::Message& message, v1::SummarizedPaper& event);
absl::Status Decode(const bus::Message& message, v1::TaggedPaper& event);
absl::Status Decode(const bus::Message& message, v1::Batch& batch);
absl::Status Decode(const bus::Message& message, v1::Cycle& cycle);

// Takes everything that `from` holds into `to`, unknown fields included (a stage passes on what it
// does not know).
void CarryOver(const v1::NewPaper& from, v1::SummarizedPaper& to);
void CarryOver(const v1::SummarizedPaper& from, v1::TaggedPaper& to);

// The revision message of a value.
v1::Revision ToProto(const paper::Revision& revision);

// Hex of the first 16 bytes of SHA-256(stage ‖ id ‖ revision ‖ configuration), parts
// length-prefixed.
std::string EventId(std::string_view stage, std::string_view arxiv_id, uint64_t revision,
                    std::string_view configuration);

}  // namespace paperwire::events
