#include "services/ingest/user_agent.h"

namespace paperwire::ingest {

std::string UserAgent(const std::string& contact) {
  std::string agent = "paperwire/" PAPERWIRE_VERSION;
  if (!contact.empty()) agent += " (" + contact + ")";
  return agent;
}

}  // namespace paperwire::ingest
