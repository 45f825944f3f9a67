#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"
#include "services/summarize/candidates.h"
#include "services/summarize/part_model.h"
#include "services/summarize/reading.h"

namespace paperwire::summarize {

// One form of one sentence, scored for every part of the card.
struct Choice {
  // Index into Reading::texts.
  size_t sentence = 0;
  Candidate candidate;
  PartScores scores{};
};

// All forms of all sentences of one abstract, and what a card takes of them. Constant after
// construction; the reading must outlive it.
class Chooser {
 public:
  explicit Chooser(const Reading& reading);

  // A line of the card, and the sentence that it was made of.
  struct Line {
    std::string as_written;
    // In the third person.
    std::string told;
    size_t sentence = 0;
  };
  // One sentence of at most 30 words that says what the paper brings. Empty when none can stand
  // alone.
  Line Tldr() const;
  // What scored best for the tldr, in the abstract's words, however long it is and whether or not
  // it can stand alone: what the model is measured by.
  std::string UnboundedTldr() const;

  // Three or four lines, each of another sentence and none a copy of `tldr`, in the abstract's
  // order; fewer where the abstract has too few sentences.
  std::vector<Line> Highlights(const Line& tldr) const;

  // The three sections: sentences in the abstract's order, each in one section at most. Empty: not
  // stated.
  struct Sections {
    std::string methodology;
    std::string results;
    std::string implications;
    // The section of each sentence: v1::Section, or 0.
    std::vector<int> of;
  };
  Sections MakeSections() const;

  // The abstract; where it is longer than a Summary, the tldr's sentence and the best of the rest.
  // `kept` says which stayed.
  std::string Summary(const Line& tldr, std::vector<bool>& kept) const;

  // The best score of each sentence, by part.
  const std::vector<PartScores>& best() const { return best_; }

 private:
  // The best cut for a section into which no sentence fits whole; marks its sentence in `chosen`.
  std::string Cut(v1::Section section, const std::vector<int>& home,
                  std::vector<bool>& chosen) const;
  std::string Alone(const Choice& choice) const;
  const Choice& Whole(size_t sentence) const { return choices_[whole_[sentence]]; }
  // The longest form that does not point at the sentence before; the whole one where all do.
  const Choice& Standing(size_t sentence) const;
  // The sentences told one after the other; what points at a sentence that is not there is mended.
  std::string Tell(const std::vector<bool>& chosen) const;

  // Candidates by their score for a part, best first.
  std::vector<size_t> Order(v1::Section section) const;
  // Whether nothing was left out between a sentence and the one before it.
  bool Follows(size_t sentence) const {
    return sentence > 0 && reading_.index[sentence] == reading_.index[sentence - 1] + 1;
  }

  const Reading& reading_;
  std::vector<Choice> choices_;
  // Index of each sentence's uncut form.
  std::vector<size_t> whole_;
  std::vector<PartScores> best_;
  // The first sentence in which the paper speaks of itself; 0 where it never does.
  size_t own_ = 0;
  std::vector<std::string> told_;
  std::vector<int> words_;
  // Fit to stand in a line or a section: a statement in words, whole brackets.
  std::vector<bool> plain_;
};

}  // namespace paperwire::summarize
