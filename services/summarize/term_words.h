#pragma once

#include <cstdint>
#include <string_view>

namespace paperwire::summarize {

// What a word can be in a term ("off-policy reinforcement learning"); a compound with hyphens is
// one word. A guess from lists and endings.
enum TermClass : uint32_t {
  kBreaksTerms = 1U << 0U,  // no term holds it: verbs, words of grammar, praise; then nothing else
  kBeginsAnew = 1U << 1U,   // a participle: what stands before it belongs to another term
  kSaysLittle = 1U << 2U,   // model, data: no term is made of such words alone
  kOnlyDescribes = 1U << 3U,  // an adjective: no term ends with it
  kNamesAThing = 1U << 4U,    // unlearning, mammography: fit to be a term alone
  kTakesOf = 1U << 5U,        // mixture of experts
  kDoubtful = 1U << 6U,       // offers, learning: a verb elsewhere
  kMaybeVerb = 1U << 7U,      // the same, and balance
  kAfterAPerson = 1U << 8U,   // gaussian, kalman: written with a capital
};

// The classes of a word in small letters. Pure, thread-safe.
uint32_t TermClassesOf(std::string_view lower);

}  // namespace paperwire::summarize
