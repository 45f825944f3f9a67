#include "services/serve/current_tags.h"

#include <algorithm>
#include <string>

namespace paperwire::serve {

void UnderCurrentTags(const tags::TagCatalogue& catalogue, v1::Entry& entry) {
  auto& tags = *entry.mutable_tags();
  int kept = 0;
  for (int i = 0; i < tags.size(); ++i) {
    const tags::TagCatalogue::Standing standing = catalogue.Resolve(tags[i].slug());
    const auto same = std::find_if(tags.begin(), tags.begin() + kept, [&](const v1::Tag& other) {
      return other.slug() == standing.slug;
    });
    if (same != tags.begin() + kept) {
      same->set_confidence(std::max(same->confidence(), tags[i].confidence()));
      same->mutable_evidence()->MergeFrom(tags[i].evidence());
      continue;
    }
    if (!standing.name.empty()) {
      // A copy: the view may be of the tag's own slug.
      tags[i].set_slug(std::string(standing.slug));
      tags[i].set_name(std::string(standing.name));
    }
    tags.SwapElements(i, kept++);
  }
  tags.DeleteSubrange(kept, tags.size() - kept);
}

}  // namespace paperwire::serve
