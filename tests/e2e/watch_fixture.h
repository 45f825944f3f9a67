#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/stack_fixture.h"
#include "tests/support/wait.h"
#include "tests/support/watch_client.h"

namespace paperwire {

// Clients of examples/ on two replicas of serve.
class WatchTest : public support::StackTest {
 protected:
  WatchTest() : StackTest({.partitions = 12, .serve_replicas = 2}) {}

  void SetUp() override {
    StackTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    folder_ = stack().MakeFolder("clients");
    for (const auto& language : support::WatchClient::Languages()) AddClient(language);
  }

  support::WatchClient& AddClient(const std::string& language, const std::string& name = "",
                                  std::vector<std::string> program = {}) {
    clients_.push_back(std::make_unique<support::WatchClient>(
        support::WatchClient::Options{.language = language,
                                      .name = name,
                                      .program = std::move(program),
                                      .folder = folder_,
                                      .servers = {stack().grpc_address(0), stack().grpc_address(1)},
                                      .from = "2026-06-01"}));
    return *clients_.back();
  }

  // What a replica serves; nothing where it does not answer.
  support::Cards Window(int replica = 0) {
    support::Cards cards;
    const auto entries = stack().feed(replica).ListAll();
    if (!entries.ok()) return cards;
    for (const auto& entry : *entries) {
      cards[entry.paper().arxiv_id()] = entry.revision().value();
    }
    return cards;
  }

  std::string folder_;
  std::vector<std::unique_ptr<support::WatchClient>> clients_;
};

}  // namespace paperwire
