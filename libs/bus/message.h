#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::bus {

struct Header {
  std::string name;
  std::string value;
};

// A record on a topic: bytes and where they stand. The bus never looks into `value`.
struct Message {
  std::string topic;
  // Empty: the record has no key.
  std::string key;
  std::string value;
  std::vector<Header> headers;

  // Set on records that were read; ignored on records to be published (the key decides).
  int32_t partition = -1;
  int64_t offset = -1;
  // Milliseconds since the epoch, as the broker has it.
  int64_t timestamp_ms = 0;

  // The first header of that name; empty when there is none.
  std::string_view FindHeader(std::string_view name) const;
  // Replaces the header of that name, or adds it.
  void SetHeader(std::string_view name, std::string value_text);
};

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;

  friend bool operator==(const TopicPartition&, const TopicPartition&) = default;
  friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

}  // namespace paperwire::bus
