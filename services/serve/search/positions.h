#pragma once

#include <cstdint>
#include <string>

namespace paperwire::serve::search {

// Appends ascending positions to `bytes` as the distances between them, seven bits a byte, the low
// ones first. Smaller ones than the last are left out.
class PositionWriter {
 public:
  explicit PositionWriter(std::string& bytes) : bytes_(bytes) {}

  void Write(uint32_t position) {
    if (position < last_) return;
    uint32_t distance = position - last_;
    last_ = position;
    while (distance >= 0x80) {
      bytes_ += static_cast<char>(distance | 0x80U);
      distance >>= 7;
    }
    bytes_ += static_cast<char>(distance);
  }

 private:
  std::string& bytes_;
  uint32_t last_ = 0;
};

}  // namespace paperwire::serve::search
