#pragma once

#include <string>
#include <string_view>

namespace paperwire::paper {

// Where code is said to be: the first repository address in the abstract, then in the comment
// ("https://github.com/owner/name"); empty when there is none. Pure.
std::string FindCodeUrl(std::string_view abstract, std::string_view comment);

// A known venue in the comment, then in the journal reference, with its year where one stands
// beside it: "ICML 2026", "NeurIPS 2025 Workshop". What is only submitted or under review is no
// venue. Empty when there is none. Pure.
std::string FindVenue(std::string_view comment, std::string_view journal_ref);

}  // namespace paperwire::paper
