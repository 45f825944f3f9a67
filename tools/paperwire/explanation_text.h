#pragma once

#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/summarize/explanation.h"
#include "tools/paperwire/paper_lines.h"

namespace paperwire::cli {

// "tldr", "highlights", …; of SECTION_UNSPECIFIED and what is no section, "".
std::string PartName(v1::Section section);

// Why the card of `line` is what it is, and the card with its `tags`, as one JSON object on one
// line. Pure.
std::string ExplanationJson(const PaperLine& line, const summarize::Explanation& why,
                            const v1::Summary& summary, const std::vector<v1::Tag>& tags);

// The same, for reading. Pure.
std::string ExplanationText(const PaperLine& line, const summarize::Explanation& why,
                            const v1::Summary& summary, const std::vector<v1::Tag>& tags,
                            int columns);

}  // namespace paperwire::cli
