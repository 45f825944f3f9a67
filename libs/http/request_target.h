#pragma once

#include <string>
#include <string_view>

#include "libs/http/server.h"

namespace paperwire::http {

// Takes a request line's target ("/p/2606.01234?page=2", or the absolute form that proxies send)
// into `request.path` and `request.query`. False: bad percent-encoding, a NUL, or no path.
bool ParseTarget(std::string_view target, Request& request);

}  // namespace paperwire::http
