#pragma once

#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::cards {

// A paper that events::Decode accepts, with this title and abstract.
v1::Paper MakePaper(const std::string& title, const std::string& abstract);

// Invented abstracts of the usual shape, and some of unusual shape.
std::vector<v1::Paper> OrdinaryPapers();

// What nobody should send: nothing, no stops, another language, math only, HTML, orders to the
// reader, bytes that are no text.
std::vector<v1::Paper> HostilePapers();

// `count` abstracts put together by chance, the same ones for the same seed.
std::vector<v1::Paper> GeneratedPapers(int count, unsigned seed);

// Says in words what is wrong with the card made from `paper`; empty when nothing is. It checks
// what must hold for every card: grounded numbers, lengths, no "we", no sentence in two sections.
std::string Faults(const v1::Paper& paper);

}  // namespace paperwire::cards
