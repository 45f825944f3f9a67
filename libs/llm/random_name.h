#pragma once

#include <string>

namespace paperwire::llm {

// Sixteen random hex digits: a name among all workers.
std::string RandomName();

}  // namespace paperwire::llm
