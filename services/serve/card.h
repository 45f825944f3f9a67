#pragma once

#include "paperwire/v1/paper.pb.h"

namespace ctemplate {
class TemplateDictionary;
}

namespace paperwire::serve {

// Adds one card to `parent`, at its {{>CARD}}. `open`: with "Read more" open and the abstract
// shown.
void AddCard(const v1::Entry& entry, bool open, ctemplate::TemplateDictionary& parent);

}  // namespace paperwire::serve
