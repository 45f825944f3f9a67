#include "libs/tags/description.h"

namespace paperwire::tags {

v1::TagDescription Describe(const TagCatalogue& catalogue, const TagInfo& tag,
                            std::string_view current_model) {
  v1::TagDescription description;
  description.set_slug(tag.slug);
  description.set_name(tag.name);
  description.set_meaning(tag.meaning);
  description.set_excludes(tag.excludes);
  description.mutable_synonyms()->Assign(tag.synonyms.begin(), tag.synonyms.end());
  description.mutable_categories()->Assign(tag.categories.begin(), tag.categories.end());
  description.mutable_former_slugs()->Assign(tag.former_slugs.begin(), tag.former_slugs.end());
  const bool current = current_model.empty() || current_model == catalogue.measured_model();
  if (current && tag.precision.measured()) {
    description.set_precision(static_cast<float>(tag.precision.share()));
    description.set_precision_low(static_cast<float>(tag.precision.low()));
    description.set_precision_high(static_cast<float>(tag.precision.high()));
    description.set_measured_on(tag.precision.given);
    description.set_measured_model(catalogue.measured_model());
  }
  return description;
}

}  // namespace paperwire::tags
