#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "tests/support/arxiv/world.h"

namespace paperwire::arxiv::oai {

// The parts of an OAI-PMH answer. Pure; internal to the stand-in.

enum class Format { kRaw, kArxiv, kDublinCore };

// "arXivRaw", "arXiv", "oai_dc".
std::optional<Format> ParseFormat(std::string_view prefix);

std::string Header(const Record& record);
// <record>. `v1_created`: the format arXiv has the date of version 1 as "created", as the server
// before March 2025 had it.
std::string RecordXml(const Record& record, Format format, bool v1_created);

// The UTC day of the last modification.
absl::CivilDay Datestamp(const Record& record);

}  // namespace paperwire::arxiv::oai
