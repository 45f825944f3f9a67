#pragma once

#include <string>

#include "libs/bus/message.h"

namespace paperwire::cli {

// The record for people: where it stands, headers, and the event as JSON where it can be read,
// otherwise its first bytes in hexadecimal.
std::string DeadLetterText(const bus::Message& dead);

}  // namespace paperwire::cli
