#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/window/ledger_store.h"

namespace paperwire::window {

// Whether `sighting` replaces `stored`, by the rule of LedgerStore.
bool Replaces(const Whereabouts& sighting, const Whereabouts& stored);

// Takes a sighting into what is stored. Whether that changed it.
bool TakeInto(Whereabouts& stored, const Whereabouts& sighting);

// What a batch says of a paper that it declares; the batch stands at `partition` and `offset`.
Whereabouts Declared(const v1::Batch& batch, const bus::TopicPartition& partition, int64_t offset);

// A sighting as one line:
// "ingested revision stage replays attempts dead-lettered since topic partition offset reason".
std::string EncodeSighting(const Whereabouts& sighting);
std::optional<Whereabouts> DecodeSighting(std::string_view line);

}  // namespace paperwire::window
