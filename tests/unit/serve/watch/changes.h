#pragma once

#include <string>
#include <vector>

#include "services/serve/watch/batch.h"
#include "services/serve/watch/terms.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve::watch {

// A card whose paper first came at one cursor and changed last at another.
inline EntryPtr CardAt(const std::string& id, uint64_t first, uint64_t changed,
                       const std::vector<std::string>& tags = {"theory"},
                       const std::string& announced = "2026-06-23") {
  return ServedEntry::Make(MakeEntry(id, announced, tags), At(first), At(changed));
}

inline SnapshotPtr SnapshotAt(uint64_t cursor, std::vector<EntryPtr> entries,
                              const std::vector<Gone>& gone = {}, const std::string& epoch = "e1",
                              const std::string& oldest = "") {
  return std::make_shared<const Snapshot>(epoch, At(cursor), std::move(entries), gone, oldest);
}

inline Terms TermsOf(const v1::WatchPapersRequest& request, const Snapshot& snapshot) {
  auto terms = ReadTerms(request, tags::Catalogue(), snapshot);
  EXPECT_TRUE(terms.ok()) << terms.status();
  return *std::move(terms);
}

inline v1::WatchPapersResponse Message(const Event& event) {
  v1::WatchPapersResponse response;
  EXPECT_TRUE(response.ParseFromString(event.payload.Flat()));
  return response;
}

// "2606.00001" for a card, "-2606.00001" for a removal.
inline std::vector<std::string> Told(const Batch& batch) {
  std::vector<std::string> told;
  for (const Event& event : batch.events) {
    const v1::WatchPapersResponse message = Message(event);
    told.push_back(message.has_entry() ? message.entry().paper().arxiv_id()
                                       : "-" + message.removed_id());
  }
  return told;
}

}  // namespace paperwire::serve::watch
