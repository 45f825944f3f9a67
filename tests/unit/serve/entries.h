#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "fmt/format.h"
#include "libs/clock/clock.h"
#include "libs/paper/revision.h"
#include "services/serve/snapshot.h"

namespace paperwire::serve {

// An invented card.
inline v1::Entry MakeEntry(const std::string& id, const std::string& announced,
                           const std::vector<std::string>& tags = {"theory"},
                           uint32_t generation = 0) {
  v1::Entry entry;
  v1::Paper& paper = *entry.mutable_paper();
  paper.set_arxiv_id(id);
  paper.set_version(1);
  paper.set_title("On the paper " + id);
  paper.set_abstract("We study gradient noise.");
  paper.add_authors()->set_name("Ada Quill");
  paper.add_categories("cs.LG");
  paper.set_announced(announced);
  entry.mutable_summary()->set_summary("Gradient noise is studied.");
  entry.mutable_summary()->add_highlights("Gradient noise shrinks with the batch.");
  entry.mutable_summary()->mutable_provenance()->set_model("roles-1");
  entry.mutable_summary()->mutable_provenance()->set_summarizer(v1::SUMMARIZER_KIND_EMBEDDED);
  for (const std::string& slug : tags) {
    v1::Tag* tag = entry.add_tags();
    tag->set_slug(slug);
    tag->set_name(slug);
    tag->add_evidence("bound");
  }
  const paper::Revision revision{.paper_version = 1, .generation = generation, .rank = 1};
  entry.mutable_revision()->set_value(revision.value());
  entry.mutable_revision()->set_paper_version(1);
  entry.mutable_revision()->set_generation(generation);
  entry.mutable_revision()->set_rank(1);
  return entry;
}

// A cursor.
inline window::Cursor At(uint64_t number) { return {.milliseconds = number, .sequence = 0}; }

// An epoch that began then.
inline std::string EpochOf(clock::WallTime began) {
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(began.time_since_epoch());
  return fmt::format("{:012x}{}", since.count(), std::string(32, 'a'));
}

inline EntryPtr Shared(const v1::Entry& entry) { return ServedEntry::Make(entry); }

inline SnapshotPtr MakeSnapshot(const std::vector<v1::Entry>& entries,
                                const std::string& epoch = "e1") {
  std::vector<EntryPtr> shared;
  for (const v1::Entry& entry : entries) shared.push_back(Shared(entry));
  return std::make_shared<const Snapshot>(epoch, At(1), std::move(shared), std::vector<Gone>(), "");
}

// Noon in London on Tuesday 23 June 2026.
inline clock::WallTime TuesdayNoon() {
  return absl::ToChronoTime(
      absl::FromCivil(absl::CivilSecond(2026, 6, 23, 12, 0, 0), absl::UTCTimeZone()));
}

}  // namespace paperwire::serve
