#include "services/serve/payload.h"

#include <utility>

namespace paperwire::serve {

void Payload::Append(std::string bytes) {
  auto owned = std::make_shared<const std::string>(std::move(bytes));
  const std::string_view view = *owned;
  Append(std::move(owned), view);
}

void Payload::Append(std::shared_ptr<const void> owner, std::string_view bytes) {
  if (bytes.empty()) return;
  size_ += bytes.size();
  pieces_.push_back({std::move(owner), bytes});
}

std::string Payload::Flat() const {
  std::string flat;
  flat.reserve(size_);
  for (const Piece& piece : pieces_) flat.append(piece.bytes);
  return flat;
}

}  // namespace paperwire::serve
