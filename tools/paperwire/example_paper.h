#pragma once

#include "paperwire/v1/paper.pb.h"

namespace paperwire::cli {

// An invented paper, to ask a model for a card of.
v1::Paper ExamplePaper();

}  // namespace paperwire::cli
