#include "tools/paperwire/dead_letter_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "libs/events/dead_letters.h"
#include "libs/events/topics.h"
#include "libs/paper/text.h"
#include "paperwire/v1/events.pb.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr size_t kBytesShown = 256;

// The event that a topic holds; null for a topic that is not ours.
std::unique_ptr<google::protobuf::Message> EventOf(std::string_view topic) {
  if (topic == events::kNewPaper || topic == events::kUpgrade) {
    return std::make_unique<v1::NewPaper>();
  }
  if (topic == events::kSummarized) {
    return std::make_unique<v1::SummarizedPaper>();
  }
  if (topic == events::kTagged) {
    return std::make_unique<v1::TaggedPaper>();
  }
  if (topic == events::kBatches) {
    return std::make_unique<v1::Batch>();
  }
  if (topic == events::kCycles) {
    return std::make_unique<v1::Cycle>();
  }
  return nullptr;
}

std::string HexDump(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < std::min(bytes.size(), kBytesShown); ++i) {
    text +=
        fmt::format("{:02x}{}", static_cast<unsigned char>(bytes[i]), i % 16 == 15 ? "\n" : " ");
  }
  if (bytes.size() > kBytesShown) {
    text += fmt::format("… {} bytes more\n", bytes.size() - kBytesShown);
  }
  return text.empty() || text.back() == '\n' ? text : text + "\n";
}

}  // namespace

std::string DeadLetterText(const bus::Message& dead) {
  std::string text = fmt::format(
      "{} partition {} offset {}\nkey: {}\nvalue: {} bytes\n", dead.topic, dead.partition,
      dead.offset, dead.key.empty() ? "(none)" : paper::CleanLine(dead.key), dead.value.size());
  for (const bus::Header& header : dead.headers) {
    text += fmt::format("{}: {}\n", paper::CleanLine(header.name), paper::CleanLine(header.value));
  }
  const auto event = EventOf(events::OriginalTopic(dead));
  if (event != nullptr && !dead.value.empty() && event->ParseFromString(dead.value)) {
    return text + "\n" + ToJson(*event, /*indented=*/true);
  }
  return text + "\n" + HexDump(dead.value);
}

}  // namespace paperwire::cli
