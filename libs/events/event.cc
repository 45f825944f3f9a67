#include "libs/events/event.h"

#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/unknown_field_set.h"
#include "libs/events/topics.h"
#include "libs/events/trace.h"
#include "libs/paper/arxiv_id.h"

namespace paperwire::events {
namespace {

// Equal messages give equal bytes, so that a re-run writes what the first run wrote.
std::string Serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

// Writes `number` with `digits` digits.
void AppendNumber(std::string& text, int64_t number, int digits) {
  const size_t end = text.size() + static_cast<size_t>(digits);
  text.resize(end);
  for (size_t at = end; digits > 0; --digits, number /= 10) {
    text[--at] = static_cast<char>('0' + number % 10);
  }
}

std::string Rfc3339(clock::WallTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss<std::chrono::milliseconds> of_day(milliseconds -
                                                                days.time_since_epoch());
  std::string text;
  text.reserve(sizeof("2026-01-14T00:21:00.123Z"));
  AppendNumber(text, static_cast<int>(date.year()), 4);
  text += '-';
  AppendNumber(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  AppendNumber(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  AppendNumber(text, of_day.hours().count(), 2);
  text += ':';
  AppendNumber(text, of_day.minutes().count(), 2);
  text += ':';
  AppendNumber(text, of_day.seconds().count(), 2);
  text += '.';
  AppendNumber(text, of_day.subseconds().count(), 3);
  text += 'Z';
  return text;
}

bus::Message Envelope(std::string_view topic, std::string key, std::string value,
                      const std::string& type, std::string_view service,
                      const std::string& event_id, const bus::Message* cause,
                      const clock::Clock& clock) {
  bus::Message message;
  message.topic = std::string(topic);
  message.key = std::move(key);
  message.value = std::move(value);
  // Two more are about papers; not as a list, whose strings would be copied.
  message.headers.reserve(9);
  const auto add = [&message](std::string_view name, std::string text) {
    message.headers.push_back({std::string(name), std::move(text)});
  };
  add("ce_id", event_id);
  add("ce_source", std::string("paperwire/").append(service));
  add("ce_type", type);
  add("ce_specversion", "1.0");
  add("ce_time", Rfc3339(clock.Now()));
  add("content-type", "application/x-protobuf; message=" + type);
  add("traceparent", Traceparent(event_id, cause == nullptr ? std::string_view()
                                                            : cause->FindHeader("traceparent")));
  return message;
}

// A record about `event` whose value is `bytes` of type `type`.
template <typename Event>
bus::Message EncodePaper(std::string_view topic, const Event& event, std::string bytes,
                         const std::string& type, const Origin& origin, const clock::Clock& clock) {
  const std::string& id = event.paper().arxiv_id();
  const uint64_t revision = event.revision().value();
  bus::Message message =
      Envelope(topic, id, std::move(bytes), type, origin.service,
               EventId(origin.service, id, revision, origin.configuration), origin.cause, clock);
  message.headers.push_back({"pw-announced", event.paper().announced()});
  message.headers.push_back({"pw-revision", std::to_string(revision)});
  return message;
}

template <typename Event>
bus::Message EncodePaper(std::string_view topic, const Event& event, const Origin& origin,
                         const clock::Clock& clock) {
  return EncodePaper(topic, event, Serialize(event), Event::descriptor()->full_name(), origin,
                     clock);
}

absl::Status Invalid(const std::string& why) { return absl::InvalidArgumentError(why); }

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int parts[3] = {0, 0, 0};
  size_t part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
    } else if (text[i] >= '0' && text[i] <= '9') {
      parts[part] = parts[part] * 10 + (text[i] - '0');
    } else {
      return false;
    }
  }
  return std::chrono::year_month_day(std::chrono::year(parts[0]),
                                     std::chrono::month(static_cast<unsigned>(parts[1])),
                                     std::chrono::day(static_cast<unsigned>(parts[2])))
      .ok();
}

template <typename Event>
bool Read(const std::string& bytes, Event& event) {
  return event.ParseFromString(bytes);
}

bool Read(const std::string& bytes, v1::SummarizedPaper& event) {
  if (!event.has_paper()) return event.ParseFromString(bytes);
  // One that is used again. To clear all of it would give back what its parts have room for.
  const google::protobuf::Reflection* const reflection = event.GetReflection();
  const google::protobuf::Descriptor* const descriptor = event.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* const field = descriptor->field(i);
    if (field->message_type() != nullptr && !field->is_repeated() &&
        field->real_containing_oneof() == nullptr) {
      reflection->MutableMessage(&event, field)->Clear();
    } else {
      reflection->ClearField(&event, field);
    }
  }
  if (!reflection->GetUnknownFields(event).empty()) {
    reflection->MutableUnknownFields(&event)->Clear();
  }
  return event.MergeFromString(bytes);
}

template <typename Event>
absl::Status Parse(const bus::Message& message, Event& event) {
  if (message.key.empty()) return Invalid("the record has no key");
  if (message.value.size() > kMaxRecordBytes) {
    return Invalid("the record has " + std::to_string(message.value.size()) +
                   " bytes, the limit is " + std::to_string(kMaxRecordBytes));
  }
  if (!Read(message.value, event)) {
    return Invalid("the value is not a " + event.GetTypeName());
  }
  return absl::OkStatus();
}

template <typename Event>
absl::Status DecodePaper(const bus::Message& message, Event& event) {
  const absl::Status parsed = Parse(message, event);
  if (!parsed.ok()) return parsed;

  const v1::Paper& paper = event.paper();
  if (paper.arxiv_id().empty()) return Invalid("the paper has no arXiv id");
  const absl::StatusOr<paper::ArxivId> id = paper::ParseArxivId(paper.arxiv_id());
  if (!id.ok()) return Invalid("the paper's arXiv id is not one: " + id.status().ToString());
  if (id->base != paper.arxiv_id()) {
    return Invalid("the paper's arXiv id is not canonical; canonical is " + id->base);
  }
  if (message.key != paper.arxiv_id()) {
    return Invalid("the key is not the paper's arXiv id " + paper.arxiv_id());
  }
  if (paper.version() == 0) return Invalid("the paper has no version");
  if (!IsDate(paper.announced())) {
    return Invalid("the paper's announcement date is not of the form YYYY-MM-DD");
  }
  const v1::Revision& revision = event.revision();
  if (revision.paper_version() != paper.version() || revision.rank() > 255 ||
      paper.version() > 8191 ||
      revision.value() != paper::Revision{.paper_version = revision.paper_version(),
                                          .generation = revision.generation(),
                                          .rank = static_cast<uint8_t>(revision.rank())}
                              .value()) {
    return Invalid("the revision " + std::to_string(revision.value()) +
                   " does not match the paper's version " + std::to_string(paper.version()));
  }
  return absl::OkStatus();
}

// A later writer may have added fields that this program does not know. Their numbers mean the
// same in all three events, except where the target already has a field of that number.
void CarryUnknown(const google::protobuf::Message& from, google::protobuf::Message& to) {
  const google::protobuf::UnknownFieldSet& unknown = from.GetReflection()->GetUnknownFields(from);
  google::protobuf::UnknownFieldSet* target = to.GetReflection()->MutableUnknownFields(&to);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (to.GetDescriptor()->FindFieldByNumber(unknown.field(i).number()) == nullptr) {
      target->AddField(unknown.field(i));
    }
  }
}

}  // namespace

std::string EventId(std::string_view stage, std::string_view arxiv_id, uint64_t revision,
                    std::string_view configuration) {
  return HashParts({stage, arxiv_id, std::to_string(revision), configuration}, 16);
}

bus::Message Encode(std::string_view topic, const v1::NewPaper& event, const Origin& origin,
                    const clock::Clock& clock) {
  bus::Message message = EncodePaper(topic, event, origin, clock);
  if (topic == kUpgrade) {
    message.SetHeader("pw-upgrade", v1::FallbackReason_Name(event.upgrade_reason()));
  }
  return message;
}

bus::Message Encode(std::string_view topic, const v1::SummarizedPaper& event, const Origin& origin,
                    const clock::Clock& clock) {
  return EncodePaper(topic, event, origin, clock);
}

bus::Message Encode(std::string_view topic, const v1::TaggedPaper& event, const Origin& origin,
                    const clock::Clock& clock) {
  return EncodePaper(topic, event, origin, clock);
}

bus::Message EncodeOnto(const v1::SummarizedPaper& event, const v1::TaggedPaper& added,
                        const Origin& origin, const clock::Clock& clock) {
  const google::protobuf::UnknownFieldSet& unknown = event.GetReflection()->GetUnknownFields(event);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (added.GetDescriptor()->FindFieldByNumber(unknown.field(i).number()) == nullptr) continue;
    // In the bytes it would pass for a tag.
    v1::TaggedPaper tagged = added;
    CarryOver(event, tagged);
    return Encode(kTagged, tagged, origin, clock);
  }
  // The fields of both messages have the same numbers, and a message's bytes followed by another's
  // are the bytes of both merged.
  const size_t size = added.ByteSizeLong();
  std::string bytes;
  bytes.reserve(origin.cause->value.size() + size);
  bytes = origin.cause->value;
  bytes += Serialize(added);
  return EncodePaper(kTagged, event, std::move(bytes), v1::TaggedPaper::descriptor()->full_name(),
                     origin, clock);
}

bus::Message Encode(const v1::Batch& batch, const clock::Clock& clock) {
  bus::Message message =
      Envelope(kBatches, batch.announced(), Serialize(batch), batch.GetTypeName(), "ingest",
               EventId("batch", batch.announced(), 0, batch.cycle_id()), nullptr, clock);
  message.headers.push_back({"pw-announced", batch.announced()});
  return message;
}

bus::Message Encode(const v1::Cycle& cycle, const clock::Clock& clock) {
  return Envelope(kCycles, cycle.cycle_id(), Serialize(cycle), cycle.GetTypeName(), "ingest",
                  EventId("cycle", cycle.cycle_id(), 0, ""), nullptr, clock);
}

absl::Status Decode(const bus::Message& message, v1::NewPaper& event) {
  return DecodePaper(message, event);
}

absl::Status Decode(const bus::Message& message, v1::SummarizedPaper& event) {
  return DecodePaper(message, event);
}

absl::Status Decode(const bus::Message& message, v1::TaggedPaper& event) {
  return DecodePaper(message, event);
}

absl::Status Decode(const bus::Message& message, v1::Batch& batch) {
  const absl::Status parsed = Parse(message, batch);
  if (!parsed.ok()) return parsed;
  if (!IsDate(batch.announced())) {
    return Invalid("the batch's announcement date is not of the form YYYY-MM-DD");
  }
  if (message.key != batch.announced()) {
    return Invalid("the key is not the batch's announcement date " + batch.announced());
  }
  return absl::OkStatus();
}

absl::Status Decode(const bus::Message& message, v1::Cycle& cycle) {
  const absl::Status parsed = Parse(message, cycle);
  if (!parsed.ok()) return parsed;
  if (cycle.cycle_id().empty()) return Invalid("the cycle has no id");
  if (message.key != cycle.cycle_id()) {
    return Invalid("the key is not the cycle's id " + cycle.cycle_id());
  }
  return absl::OkStatus();
}

void CarryOver(const v1::NewPaper& from, v1::SummarizedPaper& to) {
  *to.mutable_paper() = from.paper();
  *to.mutable_revision() = from.revision();
  CarryUnknown(from, to);
}

void CarryOver(const v1::SummarizedPaper& from, v1::TaggedPaper& to) {
  *to.mutable_paper() = from.paper();
  *to.mutable_revision() = from.revision();
  *to.mutable_summary() = from.summary();
  CarryUnknown(from, to);
}

v1::Revision ToProto(const paper::Revision& revision) {
  v1::Revision proto;
  proto.set_value(revision.value());
  proto.set_paper_version(revision.paper_version);
  proto.set_generation(revision.generation);
  proto.set_rank(revision.rank);
  return proto;
}

}  // namespace paperwire::events
