#pragma once

#include <string_view>

#include "libs/tags/catalogue.h"
#include "paperwire/v1/feed_service.pb.h"

namespace paperwire::tags {

// What the feed says of a tag, without its counts. What was measured is told only if the model that
// chooses the tags now, `current_model`, is the one it was measured on; empty: not known, told as
// it is.
v1::TagDescription Describe(const TagCatalogue& catalogue, const TagInfo& tag,
                            std::string_view current_model);

}  // namespace paperwire::tags
