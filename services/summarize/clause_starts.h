#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/summarize/grammar.h"

namespace paperwire::summarize {

// A clause that has a subject: its own, or, where `subject` holds words, that of the first clause
// ("We propose A and show B" → "We" + "show B").
struct Clause {
  WordSpan subject;
  WordSpan span;
  // Cut values.
  uint32_t cuts = 0;
  // The finite verb; the end of `span` where none is known.
  size_t verb = 0;
};

// Where the sentence proper begins after an opening that can go ("In this paper, ", "To cut the
// cost, "); 0 where there is none. Conditions and scopes ("For convex f, ") stay.
size_t AfterOpening(const Grammar& grammar);

// The clauses of the sentence from word `begin` on that can stand alone; at least one.
std::vector<Clause> ClausesFrom(const Grammar& grammar, size_t begin);

// Where the finding begins in "We show that X"; 0 where nothing of the kind is told.
size_t AfterReport(const Grammar& grammar, const Clause& clause);

}  // namespace paperwire::summarize
