#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace paperwire::support {

// One entry of the window's change stream.
struct Sighting {
  std::string arxiv_id;
  uint64_t revision = 0;
};

// What a run left behind.
struct Evidence {
  // The ids that were published and acknowledged.
  std::vector<std::string> published;
  // The ids that the feed lists at the end, in its order.
  std::vector<std::string> listed;
  // The whole change stream of the window.
  std::vector<Sighting> changes;
  // Records in the dead-letter topics, by arXiv id.
  std::vector<std::string> dead_letters;
};

// What became of the promise. The same checker judges the real services and the careless ones that
// must fail it.
struct Verdict {
  int papers = 0;
  // Published, and neither listed nor dead-lettered.
  int lost = 0;
  // Listed more than once, and changes whose id and revision were in the stream before.
  int duplicated = 0;
  // Listed without having been published.
  int unexpected = 0;
  int dead_lettered = 0;

  bool clean() const { return lost == 0 && duplicated == 0 && unexpected == 0; }
  // "2000 papers, 0 lost, 0 duplicated, 0 unexpected, 0 dead-lettered"
  std::string ToString() const;
};

Verdict Judge(const Evidence& evidence);

}  // namespace paperwire::support
