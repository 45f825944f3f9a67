#include "services/serve/unpacked.h"

#include <zlib.h>

#include "fmt/format.h"
#include "services/serve/error_details.h"

namespace paperwire::serve {

bool IsPacked(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

absl::StatusOr<std::string> Unpacked(std::string_view bytes, size_t limit) {
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) return absl::InternalError("zlib does not begin");
  // One more than is allowed shows that there is more.
  std::string plain(limit + 1, '\0');
  // zlib only reads it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  const int result = inflate(&stream, Z_FINISH);
  const size_t size = stream.total_out;
  inflateEnd(&stream);
  if (size > limit) {
    return absl::ResourceExhaustedError(
        fmt::format("the request is larger than {} bytes when it is unpacked", limit));
  }
  if (result != Z_STREAM_END) return InvalidField("request", "is broken gzip");
  plain.resize(size);
  return plain;
}

}  // namespace paperwire::serve
