#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace paperwire::serve {

// The bytes of an answer as a row of pieces. A piece may belong to the snapshot: it is kept alive,
// never copied, until the face that asked has sent it. A value; the bytes are immutable.
class Payload {
 public:
  struct Piece {
    // Keeps `bytes` alive.
    std::shared_ptr<const void> owner;
    std::string_view bytes;
  };

  Payload() = default;
  explicit Payload(std::string bytes) { Append(std::move(bytes)); }

  void Append(std::string bytes);
  // `bytes` must live as long as `owner` does.
  void Append(std::shared_ptr<const void> owner, std::string_view bytes);

  const std::vector<Piece>& pieces() const { return pieces_; }
  // Of all pieces.
  size_t size() const { return size_; }
  // All pieces in one.
  std::string Flat() const;

 private:
  std::vector<Piece> pieces_;
  size_t size_ = 0;
};

}  // namespace paperwire::serve
