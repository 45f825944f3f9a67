#pragma once

#include <memory>

#include "libs/window/ledger_store.h"
#include "libs/window/window.h"

namespace paperwire::window {

// The same in memory, for tests and tools. Both pass one contract test.
std::unique_ptr<Window> MakeMemoryWindow();
std::unique_ptr<LedgerStore> MakeMemoryLedgerStore();

}  // namespace paperwire::window
