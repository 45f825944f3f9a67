#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "tests/support/paper_source.h"
#include "tests/support/watch_log.h"

namespace paperwire::support {

// A week of synthetic papers, and what happens to them: replaced, withdrawn, asked to be made
// again, tagged again, removed, and replaced after that. The same seed gives the same week. Not
// thread-safe.
class PaperFlow {
 public:
  PaperFlow(uint32_t seed, const clock::Clock& clock);

  // So many new papers, and about a sixth as many changes to earlier ones: records for new-paper,
  // and for tagged what does not pass the other stages.
  std::vector<bus::Message> Next(int papers);

  // What the window holds once all of it has passed.
  const Cards& expected() const { return expected_; }
  int papers() const { return static_cast<int>(states_.size()); }
  int changes() const { return changes_; }
  // The first of the week's dates.
  static std::string FirstDate();

 private:
  struct State {
    uint32_t version = 1;
    uint32_t generation = 0;
    bool removed = false;
  };

  v1::Paper PaperOf(int number) const;
  bus::Message Announce(int number, bool withdrawn = false);
  bus::Message Tag(int number);
  bus::Message Remove(int number);
  bus::Message Change(int number);
  void Expect(int number);

  const clock::Clock& clock_;
  std::mt19937 random_;
  std::vector<PaperSource> days_;
  // By number, from 1.
  std::vector<State> states_;
  Cards expected_;
  int changes_ = 0;
};

}  // namespace paperwire::support
