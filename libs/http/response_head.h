#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/clock/clock.h"
#include "libs/http/server.h"

namespace paperwire::http {

// The status line and headers of an answer, up to and with the empty line. `extra` headers are
// added unless the response has one of that name; headers with line breaks in them are left out.
std::string ResponseHead(const Response& response,
                         const std::vector<std::pair<std::string, std::string>>& extra,
                         clock::WallTime now, bool keep_alive, bool http10);

// Whether an answer of this status has a body.
bool HasBody(int status);

// "Not Found".
std::string_view ReasonPhrase(int status);

}  // namespace paperwire::http
