#pragma once

#include <string_view>

namespace paperwire::summarize {

// What a word in small letters can be in a term ("off-policy reinforcement learning"); a compound
// with hyphens is one word. Guesses from lists and endings. Pure, thread-safe.

// No term holds it: verbs, adverbs, words of grammar, and what only praises or counts.
bool BreaksTerms(std::string_view lower);
// A participle: what stands before it belongs to another term.
bool BeginsAnew(std::string_view lower);
// Says little without its neighbours ("model"): no term is made of such words alone.
bool IsGeneralWord(std::string_view lower);
// "mixture" of experts.
bool TakesOf(std::string_view lower);
// A noun that is a verb elsewhere: "balance"; "offers"; "learning".
bool MayBeVerb(std::string_view lower);
bool IsVerbS(std::string_view lower);
bool IsGerund(std::string_view lower);
// Written with a capital because it is somebody's: "gaussian", "kalman".
bool IsAfterAPerson(std::string_view lower);
// An adjective: no term ends with it.
bool OnlyDescribes(std::string_view lower);
// Fit to be a term alone: "unlearning", "mammography".
bool NamesAThing(std::string_view lower);

}  // namespace paperwire::summarize
