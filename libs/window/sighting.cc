#include "libs/window/sighting.h"

#include <fmt/format.h>

#include <charconv>

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
  if (sighting.revision != stored.revision) return sighting.revision > stored.revision;
  if (sighting.stage != stored.stage) return sighting.stage > stored.stage;
  return sighting.dead_lettered || sighting.since_ms > stored.since_ms;
}

std::string EncodeSighting(const Whereabouts& sighting) {
  return fmt::format("{} {} {} {} {} {} {} {}", sighting.revision, static_cast<int>(sighting.stage),
                     sighting.dead_lettered ? 1 : 0, sighting.since_ms, sighting.topic,
                     sighting.partition, sighting.offset, sighting.reason);
}

std::optional<Whereabouts> DecodeSighting(std::string_view line) {
  Whereabouts sighting;
  int stage = 0;
  int dead = 0;
  if (!TakeNumber(line, sighting.revision) || !TakeNumber(line, stage) || !TakeNumber(line, dead) ||
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
