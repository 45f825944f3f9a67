#pragma once

#include "libs/tags/catalogue.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::serve {

// Puts the tags of a stored entry under their current slugs and names; those that mean the same
// today become one, where the first of them stood. A slug that the catalogue does not know stays,
// with the name that it came with. What is stored is not changed: this is how it is read.
void UnderCurrentTags(const tags::TagCatalogue& catalogue, v1::Entry& entry);

}  // namespace paperwire::serve
