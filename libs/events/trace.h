#pragma once

#include <string>
#include <string_view>

namespace paperwire::events {

// A W3C traceparent ("00-<trace>-<span>-<flags>", lower-case hex) of the span that writes the event
// `event_id`: a child in the trace of `cause` when that is a valid traceparent, otherwise the
// first span of a trace derived from the event id. Equal input gives an equal result, so a record
// written twice has one trace.
std::string Traceparent(std::string_view event_id, std::string_view cause);

// Whether `text` is a traceparent of version 00.
bool IsTraceparent(std::string_view text);

// The first `bytes` (at most 32) of the SHA-256 of `parts`, each with its length before it, as hex.
std::string HashParts(std::initializer_list<std::string_view> parts, size_t bytes);

}  // namespace paperwire::events
