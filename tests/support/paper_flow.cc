#include "tests/support/paper_flow.h"

#include "libs/events/event.h"
#include "libs/events/topics.h"
#include "libs/paper/revision.h"

namespace paperwire::support {
namespace {

constexpr const char* kDates[] = {"2026-06-18", "2026-06-19", "2026-06-22", "2026-06-23",
                                  "2026-06-24"};
constexpr int kPapersForAChange = 6;
// What the embedded summarizer gives.
constexpr uint8_t kRank = 1;

}  // namespace

PaperFlow::PaperFlow(uint32_t seed, const clock::Clock& clock) : clock_(clock), random_(seed) {
  for (const char* date : kDates) days_.emplace_back(date, seed);
}

std::string PaperFlow::FirstDate() { return kDates[0]; }

std::vector<bus::Message> PaperFlow::Next(int papers) {
  std::vector<bus::Message> messages;
  for (int i = 0; i < papers; ++i) {
    states_.emplace_back();
    messages.push_back(Announce(static_cast<int>(states_.size())));
    if (i % kPapersForAChange != 0) continue;
    const auto number = 1 + static_cast<int>(random_() % states_.size());
    messages.push_back(Change(number));
    ++changes_;
  }
  return messages;
}

v1::Paper PaperFlow::PaperOf(int number) const {
  const State& state = states_[static_cast<size_t>(number - 1)];
  v1::Paper paper = days_[static_cast<size_t>(number) % days_.size()].Make(number);
  paper.set_version(state.version);
  paper.set_revised(state.version > 1);
  return paper;
}

bus::Message PaperFlow::Change(int number) {
  State& state = states_[static_cast<size_t>(number - 1)];
  const auto kind = state.removed ? 0 : static_cast<int>(random_() % 5);
  if (kind <= 1) {
    ++state.version;
    state.generation = 0;
    state.removed = false;
    return Announce(number, /*withdrawn=*/kind == 1);
  }
  ++state.generation;
  if (kind == 2) return Announce(number);
  return kind == 3 ? Tag(number) : Remove(number);
}

bus::Message PaperFlow::Announce(int number, bool withdrawn) {
  const State& state = states_[static_cast<size_t>(number - 1)];
  v1::NewPaper event;
  *event.mutable_paper() = PaperOf(number);
  event.mutable_paper()->set_withdrawn(withdrawn);
  *event.mutable_revision() = events::ToProto(
      paper::Revision{.paper_version = state.version, .generation = state.generation});
  Expect(number);
  return events::Encode(events::kNewPaper, event, {.service = "ingest", .configuration = "flow"},
                        clock_);
}

bus::Message PaperFlow::Tag(int number) {
  const State& state = states_[static_cast<size_t>(number - 1)];
  v1::TaggedPaper event;
  *event.mutable_paper() = PaperOf(number);
  event.mutable_summary()->set_tldr("Tagged again.");
  event.add_tags()->set_slug("theory");
  *event.mutable_revision() = events::ToProto(paper::Revision{
      .paper_version = state.version, .generation = state.generation, .rank = kRank});
  Expect(number);
  return events::Encode(events::kTagged, event, {.service = "classify", .configuration = "flow"},
                        clock_);
}

bus::Message PaperFlow::Remove(int number) {
  State& state = states_[static_cast<size_t>(number - 1)];
  const v1::Paper paper = PaperOf(number);
  v1::TaggedPaper event;
  event.mutable_paper()->set_arxiv_id(paper.arxiv_id());
  event.mutable_paper()->set_version(state.version);
  event.mutable_paper()->set_announced(paper.announced());
  *event.mutable_revision() = events::ToProto(paper::Revision{
      .paper_version = state.version, .generation = state.generation, .rank = kRank});
  event.set_removed(true);
  event.set_removed_reason("flow");
  state.removed = true;
  Expect(number);
  return events::Encode(events::kTagged, event, {.service = "serve", .configuration = "remove"},
                        clock_);
}

void PaperFlow::Expect(int number) {
  const State& state = states_[static_cast<size_t>(number - 1)];
  const std::string id = days_[static_cast<size_t>(number) % days_.size()].Id(number);
  if (state.removed) {
    expected_.erase(id);
    return;
  }
  expected_[id] =
      paper::Revision{.paper_version = state.version, .generation = state.generation, .rank = kRank}
          .value();
}

}  // namespace paperwire::support
