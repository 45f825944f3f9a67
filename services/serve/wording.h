#pragma once

#include <string>
#include <string_view>

#include "google/protobuf/timestamp.pb.h"
#include "paperwire/v1/feed_service.pb.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::serve {

// What the page says in words. Pure, thread-safe.

// "2026-06-23" → "Tuesday 23 June 2026", "Tue 23 June". A text that is no date stays as it is.
std::string LongDate(std::string_view date);
std::string ShortDate(std::string_view date);
// "23 June 2026, 04:10 UTC"; empty for a time that is not set.
std::string TimeInWords(const google::protobuf::Timestamp& time);

// "1 paper", "2 papers", "1,204 papers".
std::string Counted(uint32_t count, std::string_view one, std::string_view many);

// "193 of 195 announced papers · 2 pending".
std::string LedgerLine(const v1::LedgerDay& day);

// "fresh"; "Up to date".
std::string_view StateSlug(v1::FeedState state);
std::string_view StateName(v1::FeedState state);
std::string_view StageName(v1::Stage stage);

// "Held against a language model's labels under our guideline: it agreed in 32 of the 40 papers
// that got the tag, 80 % (95 % interval 65–90 %)."
std::string PrecisionInWords(const v1::TagDescription& tag);

// What made the card, from what and when, in sentences.
std::string ProvenanceInWords(const v1::Entry& entry);

}  // namespace paperwire::serve
