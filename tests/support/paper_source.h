#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/bus/message.h"
#include "libs/clock/clock.h"
#include "paperwire/v1/events.pb.h"
#include "paperwire/v1/paper.pb.h"

namespace paperwire::support {

// Writes synthetic papers out of a small grammar: titles and abstracts that read like the real ones
// in length, punctuation and figures. The same seed and numbers give the same papers.
class PaperSource {
 public:
  // `announced`: "2026-06-24"; the ids are of that month ("2606.00001" is number 1).
  explicit PaperSource(std::string announced, uint32_t seed = 1)
      : announced_(std::move(announced)), seed_(seed) {}

  std::string Id(int number) const;
  std::vector<std::string> Ids(int first, int count) const;

  v1::Paper Make(int number) const;
  // As ingest would publish it.
  v1::NewPaper MakeNew(int number) const;
  // A record of `topic` (new-paper, summarized or tagged) as the stage before would write it.
  bus::Message MakeRecord(std::string_view topic, int number, const clock::Clock& clock) const;

  // As arXiv's RSS feed of cs.LG announces these papers.
  std::string Rss(int first, int count) const;
  // One object a line: id, title, abstract, authors, categories, announced.
  std::string JsonLines(int first, int count) const;

 private:
  std::string announced_;
  uint32_t seed_;
};

}  // namespace paperwire::support
