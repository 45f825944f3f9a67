#include "services/serve/watch/position.h"

#include <vector>

#include "fmt/format.h"
#include "services/serve/sealed_token.h"

namespace paperwire::serve::watch {
namespace {

constexpr std::string_view kKind = "w1";
// Epoch, hash of the terms, and the two cursors as two numbers each.
constexpr size_t kParts = 6;

}  // namespace

void Position::MoveTo(const window::Cursor& cursor) {
  after = cursor;
  if (begun <= after) begun = {};
}

std::string EncodePosition(const Position& position, uint64_t terms_hash) {
  const bool settled = position.begun == window::Cursor();
  return SealToken(kKind,
                   {position.epoch, fmt::format("{:x}", terms_hash),
                    fmt::format("{:x}", position.after.milliseconds),
                    fmt::format("{:x}", position.after.sequence),
                    settled ? std::string() : fmt::format("{:x}", position.begun.milliseconds),
                    settled ? std::string() : fmt::format("{:x}", position.begun.sequence)});
}

absl::StatusOr<Position> DecodePosition(std::string_view token, uint64_t terms_hash) {
  const auto parts = OpenToken(kKind, kParts, token);
  if (!parts.ok()) return absl::InvalidArgumentError("is not a resume token of this service");
  uint64_t hash = 0;
  Position position{.epoch = (*parts)[0]};
  const bool settled = (*parts)[4].empty() && (*parts)[5].empty();
  if (!ReadHex((*parts)[1], hash) || !ReadHex((*parts)[2], position.after.milliseconds) ||
      !ReadHex((*parts)[3], position.after.sequence) ||
      (!settled && (!ReadHex((*parts)[4], position.begun.milliseconds) ||
                    !ReadHex((*parts)[5], position.begun.sequence)))) {
    return absl::InvalidArgumentError("is not a resume token of this service");
  }
  if (hash != terms_hash) {
    return absl::InvalidArgumentError("belongs to another announced_from or filter");
  }
  return position;
}

}  // namespace paperwire::serve::watch
