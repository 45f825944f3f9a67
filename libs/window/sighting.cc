#include "libs/window/sighting.h"

#include <fmt/format.h>

#include <charconv>
#include <tuple>

#include "libs/paper/revision.h"

namespace paperwire::window {
namespace {

std::string_view TakeWord(std::string_view& rest) {
  const size_t end = rest.find(' ');
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return word;
}

template <typename Number>
bool TakeNumber(std::string_view& rest, Number& number) {
  const std::string_view word = TakeWord(rest);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

// Only a removal gives a reason and is no dead letter.
bool Removes(const Whereabouts& sighting) {
  return !sighting.dead_lettered && !sighting.reason.empty();
}

}  // namespace

bool Replaces(const Whereabouts& sighting, const Whereabouts& stored) {
  const bool removes = Removes(sighting);
  if (removes != Removes(stored) && paper::RevisionFromValue(sighting.revision).paper_version ==
                                        paper::RevisionFromValue(stored.revision).paper_version) {
    return removes;
  }
  const auto order = [](const Whereabouts& seen) {
    return std::tuple(seen.revision, static_cast<int>(seen.stage), seen.replays, seen.attempts,
                      seen.dead_lettered, seen.since_ms);
  };
  return order(sighting) > order(stored);
}

bool TakeInto(Whereabouts& stored, const Whereabouts& sighting) {
  int64_t ingested = stored.ingested_ms;
  if (sighting.ingested_ms > 0 && (ingested == 0 || sighting.ingested_ms < ingested)) {
    ingested = sighting.ingested_ms;
  }
  const bool replaces = Replaces(sighting, stored);
  const bool changed = replaces || ingested != stored.ingested_ms;
  if (replaces) stored = sighting;
  stored.ingested_ms = ingested;
  return changed;
}

Whereabouts Declared(const v1::Batch& batch, const bus::TopicPartition& partition, int64_t offset) {
  Whereabouts declared;
  declared.stage = v1::STAGE_DECLARED;
  declared.topic = partition.topic;
  declared.partition = partition.partition;
  declared.offset = offset;
  declared.since_ms =
      batch.create_time().seconds() * 1000 + batch.create_time().nanos() / 1'000'000;
  return declared;
}

std::string EncodeSighting(const Whereabouts& sighting) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {}", sighting.ingested_ms, sighting.revision,
                     static_cast<int>(sighting.stage), sighting.replays, sighting.attempts,
                     sighting.dead_lettered ? 1 : 0, sighting.since_ms, sighting.topic,
                     sighting.partition, sighting.offset, sighting.reason);
}

std::optional<Whereabouts> DecodeSighting(std::string_view line) {
  Whereabouts sighting;
  int stage = 0;
  int dead = 0;
  if (!TakeNumber(line, sighting.ingested_ms) || !TakeNumber(line, sighting.revision) ||
      !TakeNumber(line, stage) || !TakeNumber(line, sighting.replays) ||
      !TakeNumber(line, sighting.attempts) || !TakeNumber(line, dead) ||
      !TakeNumber(line, sighting.since_ms)) {
    return std::nullopt;
  }
  sighting.topic = std::string(TakeWord(line));
  if (!TakeNumber(line, sighting.partition) || !TakeNumber(line, sighting.offset)) {
    return std::nullopt;
  }
  sighting.stage = static_cast<v1::Stage>(stage);
  sighting.dead_lettered = dead != 0;
  sighting.reason = std::string(line);
  return sighting;
}

}  // namespace paperwire::window
