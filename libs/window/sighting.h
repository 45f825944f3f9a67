#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/window/ledger_store.h"

namespace paperwire::window {

// Whether `sighting` replaces `stored`, by the rule of LedgerStore.
bool Replaces(const Whereabouts& sighting, const Whereabouts& stored);

// A sighting as one line: "revision stage dead-lettered since topic partition offset reason".
std::string EncodeSighting(const Whereabouts& sighting);
std::optional<Whereabouts> DecodeSighting(std::string_view line);

}  // namespace paperwire::window
