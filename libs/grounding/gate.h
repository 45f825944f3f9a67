#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::grounding {

// The numbers of `text` that do not occur in `source`, as written in `text`. Understood on both
// sides: thousands separators, %, K/M/B, exponents, number words up to twenty and hundred,
// thousand, million, ×-factors, ranges, rounding to the digits shown. Pure, thread-safe.
std::vector<std::string> UngroundedNumbers(std::string_view text, std::string_view source);

// Holds `summary` against the text it was made from: a sentence with an ungrounded number is
// removed, and every section gets its verdict in summary.provenance.grounding. Returns how many
// sentences were removed. Pure, thread-safe.
int Apply(v1::Summary& summary, std::string_view source);

}  // namespace paperwire::grounding
