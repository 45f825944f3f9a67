#pragma once

#include <string>
#include <string_view>

// Why a broker and this program do not come together: librdkafka says it in its log only, in terms
// of its own settings. For the kafka_* files of this folder only.
namespace paperwire::bus {

// What librdkafka says, as one line in terms of our settings ("--kafka-ssl-ca"), with a word on
// what to look at where librdkafka leaves it out.
std::string InOurWords(std::string_view text);

// A line of librdkafka's log. Remembers it when it says that TLS or SASL was refused, by either
// side. Thread-safe.
void NoteRefusal(std::string_view facility, std::string_view text);

// The last refusal of this process, in our words; empty when there was none in the last half
// minute. A program has one Kafka, so it belongs to whatever fails now. Thread-safe.
std::string RecentRefusal();

}  // namespace paperwire::bus
