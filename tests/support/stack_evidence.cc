// What a stack has left behind on its topics and in Redis.
#include "libs/events/topics.h"
#include "tests/support/stack.h"

namespace paperwire::support {
namespace {

// The window's change stream (libs/window).
const char* const kChangeStream = "{pw}:changes";

uint64_t NumberOf(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }

}  // namespace

absl::StatusOr<std::vector<bus::Message>> Stack::Records(const std::string& topic) {
  std::vector<bus::Message> records;
  auto status = kafka_->admin().ReadAll(topic, [&](const bus::Message& message) {
    records.push_back(message);
    return true;
  });
  if (!status.ok()) return status;
  return records;
}

int64_t Stack::RecordCount(const std::string& topic) {
  int64_t count = 0;
  const auto ranges = kafka_->admin().Ranges(topic);
  if (!ranges.ok()) return -1;
  for (const auto& [partition, range] : *ranges) count += range.end;
  return count;
}

absl::StatusOr<std::vector<Sighting>> Stack::ReadStream(const std::string& key) {
  const auto reply = redis_client_->Call({"XRANGE", key, "-", "+"});
  if (!reply.ok()) return reply.status();
  std::vector<Sighting> sightings;
  for (const auto& entry : reply->elements) {
    Sighting sighting;
    const auto& fields = entry.elements.at(1).elements;
    if (!fields.empty() && fields[0].text == "epoch") continue;
    for (size_t i = 0; i + 1 < fields.size(); i += 2) {
      if (fields[i].text == "id") sighting.arxiv_id = fields[i + 1].text;
      if (fields[i].text == "r") sighting.revision = NumberOf(fields[i + 1].text);
    }
    if (sighting.arxiv_id.empty() || sighting.revision == 0) {
      return absl::DataLossError("an entry of " + key + " names no id and revision");
    }
    sightings.push_back(std::move(sighting));
  }
  return sightings;
}

int64_t Stack::StreamLength(const std::string& key) {
  const auto reply = redis_client_->Call({"XLEN", key});
  return reply.ok() ? reply->integer : -1;
}

int64_t Stack::ChangeCount() {
  // The first entry of an epoch only says that it has begun.
  return StreamLength(kChangeStream) - 1;
}

absl::StatusOr<Evidence> Stack::Collect(std::vector<std::string> published) {
  Evidence evidence;
  evidence.published = std::move(published);
  const auto entries = feed().ListAll();
  if (!entries.ok()) return entries.status();
  for (const auto& entry : *entries) evidence.listed.push_back(entry.paper().arxiv_id());
  auto changes = ReadStream(kChangeStream);
  if (!changes.ok()) return changes.status();
  evidence.changes = std::move(*changes);
  for (const auto topic : {events::kNewPaper, events::kSummarized, events::kTagged}) {
    const auto dead = Records(events::DeadLetterTopic(topic));
    if (!dead.ok()) return dead.status();
    for (const auto& record : *dead) evidence.dead_letters.push_back(record.key);
  }
  return evidence;
}

}  // namespace paperwire::support
