#pragma once

#include <string>
#include <string_view>

namespace paperwire::summarize {

// The names with a dot that a source holds ("Node.js", "train.py"): what else a model writes so may
// be an address, whatever its ending. Constant after construction, thread-safe.
class StatedAddresses {
 public:
  explicit StatedAddresses(std::string_view source);

  // The first name with a dot in `text` that the source does not have: "evil.io", with a dot of
  // another script, with spaces around it ("evil . com") or in words ("evil dot com"); a view into
  // the text, empty: there is none. A single letter behind the dot ("e.g.") makes no address.
  // Linear but for the search in the source.
  std::string_view FindOther(std::string_view text) const;

 private:
  // In lower case.
  const std::string source_;
};

}  // namespace paperwire::summarize
