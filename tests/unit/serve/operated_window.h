#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/bus/memory_bus.h"
#include "libs/clock/clock.h"
#include "libs/events/event.h"
#include "libs/window/generations.h"
#include "libs/window/memory_window.h"
#include "services/serve/ledger_keeper.h"
#include "services/serve/operations.h"
#include "tests/unit/serve/entries.h"

namespace paperwire::serve {

// A window with its ledger, a broker in memory, and what operators may ask of them, at noon on
// Tuesday 23 June 2026.
struct OperatedWindow {
  // Records go through `publisher`, if given, into `broker`.
  explicit OperatedWindow(bus::Publisher* publisher = nullptr)
      : operations({.snapshots = snapshots,
                    .feed_clock = feed_clock,
                    .window = *window,
                    .ledger = *ledger,
                    .committed = [this] { return committed; },
                    .generations = generations,
                    .read_topic =
                        [this](const std::string& topic,
                               const std::function<bool(const bus::Message&)>& visit) {
                          for (const bus::Message& record : broker.Records(topic)) {
                            if (!visit(record)) break;
                          }
                          return absl::OkStatus();
                        },
                    .publisher = publisher == nullptr ? plain_publisher : *publisher,
                    .clock = clock},
                   metrics) {}

  // Both have begun and are complete.
  void Begin() {
    window_epoch = window->Begin({{kTagged, 0}})->epoch;
    ledger_epoch = ledger->Begin({{kTagged, 0}})->epoch;
  }
  // The window holds these, and the snapshot shows them.
  void Load(const std::vector<v1::Entry>& entries) {
    Begin();
    snapshots.Swap(MakeSnapshot(entries), feed_clock.Now());
    for (const v1::Entry& entry : entries) Store(entry);
  }
  // The window holds it; the snapshot does not know yet.
  void Store(const v1::Entry& entry, bool removed = false) {
    const window::Write write{
        .offset = next_offset, .skip = false, .removed = removed, .entry = entry};
    const auto applied =
        window->Apply(window_epoch, kTagged, Expected(next_offset), "", {&write, 1});
    ASSERT_TRUE(applied.ok()) << applied.status();
    ASSERT_EQ(applied->verdicts.at(0), window::Verdict::kApplied);
    ++next_offset;
  }
  // The ledger has seen this record at `offset` of partition 0.
  void Sight(bus::Message message, int64_t offset) {
    message.partition = 0;
    message.offset = offset;
    window::LedgerWrite write = ReadSighting(message);
    ASSERT_NE(write.arxiv_id, "");
    write.offset = next_sighting;
    const auto applied = ledger->Apply(ledger_epoch, kTagged, Expected(next_sighting), {&write, 1});
    ASSERT_TRUE(applied.ok()) << applied.status();
    ++next_sighting;
  }
  static int64_t Expected(int64_t next) { return next == 0 ? -1 : next; }

  template <typename Event>
  std::vector<Event> Published(const std::string& topic) const {
    std::vector<Event> events;
    for (const bus::Message& record : broker.Records(topic)) {
      EXPECT_TRUE(events::Decode(record, events.emplace_back()).ok());
    }
    return events;
  }

  inline static const bus::TopicPartition kTagged{.topic = "tagged", .partition = 0};

  clock::FakeClock clock{TuesdayNoon()};
  FeedClock feed_clock{clock, /*data=*/false};
  prometheus::Registry metrics;
  SnapshotHolder snapshots;
  std::unique_ptr<window::Window> window = window::MakeMemoryWindow();
  std::unique_ptr<window::LedgerStore> ledger = window::MakeMemoryLedgerStore();
  CommittedOffsets committed;
  window::MemoryGenerations generations;
  bus::MemoryBroker broker;
  bus::MemoryPublisher plain_publisher{broker};
  Operations operations;
  std::string window_epoch;
  std::string ledger_epoch;
  int64_t next_offset = 0;
  int64_t next_sighting = 0;
};

}  // namespace paperwire::serve
