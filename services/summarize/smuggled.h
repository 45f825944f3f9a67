#pragma once

#include <string_view>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::summarize {

// What stands in a text of a card that is no part of plain sentences.
struct Smuggled {
  // LINK, MARKUP or INSTRUCTION; UNSPECIFIED: nothing.
  v1::GroundingItemKind kind = v1::GROUNDING_ITEM_KIND_UNSPECIFIED;
  // Where; a view into the text.
  std::string_view text = {};
};

// The first thing in `sentence` that a model may have been talked into, beyond what the grounding
// gate knows: addresses in any spelling ("evil.example/x", "evil[.]com", "a@b.org", "data:text/…"),
// the beginnings of tags and entities, TeX commands outside $math$ and those within that are no
// mathematics, words to a machine, texts in code, words of the prompt, marks piled on letters.
// Linear, pure, thread-safe.
Smuggled FindSmuggled(std::string_view sentence);

// Whether `text` has more than a word or two in another script than Latin; Greek letters and signs
// are of none. Linear, pure, thread-safe.
bool HoldsForeignScript(std::string_view text);

}  // namespace paperwire::summarize
