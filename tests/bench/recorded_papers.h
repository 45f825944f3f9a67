#pragma once

#include <string>
#include <vector>

#include "paperwire/v1/paper.pb.h"

namespace paperwire::bench {

// The recorded papers of PAPERWIRE_TEST_DATA, or synthetic ones; says which on standard output.
std::vector<v1::Paper> Papers();

// What a command writes on its standard output; empty when it fails.
std::string OutputOf(const std::string& command);

}  // namespace paperwire::bench
