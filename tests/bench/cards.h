#pragma once

#include <string>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::bench {

// The arXiv id of such a card.
std::string IdOf(int number);

// An invented card, rather a large one, different for each number.
v1::Entry CardOf(int number, const std::string& announced = "2026-06-03");

}  // namespace paperwire::bench
