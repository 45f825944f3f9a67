#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "services/serve/payload.h"

namespace paperwire::serve {

// Some answers made of one snapshot, each in one piece, for whoever asks the same again: most
// readers ask for the first page. At most 2 MiB; which ones stay is left to chance. Thread-safe.
class KeptAnswers {
 public:
  KeptAnswers() = default;
  // What is kept is true of one snapshot: the next one begins with nothing.
  KeptAnswers(const KeptAnswers& /*other*/) {}
  KeptAnswers& operator=(const KeptAnswers&) = delete;

  // None: it is not kept. `asked` is all that the answer depends on but the snapshot.
  std::optional<Payload> Find(std::string_view asked) const;
  // Keeps the answer unless it is large. Returns it, in one piece if it is kept.
  Payload Keep(std::string_view asked, Payload answer);

 private:
  static constexpr size_t kSlots = 16;
  static constexpr size_t kLargest = 128 << 10;
  static constexpr size_t kLongest = 1 << 10;

  struct Kept {
    std::string asked;
    Payload answer;
  };
  struct Slot {
    // Held for as long as a pointer takes: all readers of the first page come by here.
    mutable std::mutex mutex;
    // Null: none yet.
    std::shared_ptr<const Kept> kept ABSL_GUARDED_BY(mutex);
  };

  static size_t SlotOf(std::string_view asked);

  std::array<Slot, kSlots> slots_;
};

}  // namespace paperwire::serve
