#include "services/serve/assets.h"

namespace paperwire::serve {

std::string_view FindAsset(std::string_view name) {
  for (const Asset& asset : Assets()) {
    if (asset.name == name) return asset.bytes;
  }
  return {};
}

}  // namespace paperwire::serve
