#pragma once

#include <memory>

#include "libs/clock/clock.h"
#include "libs/window/ledger_store.h"
#include "libs/window/window.h"

namespace paperwire::window {

// The same in memory, for tests and tools. Both pass one contract test. `clock` is the store's own,
// and must outlive it; null: the system's.
std::unique_ptr<Window> MakeMemoryWindow(const clock::Clock* clock = nullptr);
std::unique_ptr<LedgerStore> MakeMemoryLedgerStore(const clock::Clock* clock = nullptr);

}  // namespace paperwire::window
