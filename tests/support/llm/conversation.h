#pragma once

// clang-format off: Boost 1.74's awaitable.hpp needs <utility> and does not include it.
#include <utility>
// clang-format on

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "tests/support/llm/desk.h"

namespace paperwire::stand_in {

// One connection, until either side closes it. `stream` and `desk` must outlive it. Not
// thread-safe: it runs on the stream's executor, which must be of one thread.
boost::asio::awaitable<void> Converse(boost::beast::tcp_stream& stream, Desk& desk,
                                      boost::asio::ssl::context* tls);

}  // namespace paperwire::stand_in
