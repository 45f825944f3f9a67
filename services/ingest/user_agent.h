#pragma once

#include <string>

namespace paperwire::ingest {

// The User-Agent: name, version, and how arXiv can reach whoever runs this.
std::string UserAgent(const std::string& contact);

}  // namespace paperwire::ingest
