#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/bus/attempt.h"
#include "libs/bus/message.h"

namespace paperwire::bus {

// Turns a record into the records to emit. It must be safe to call from several threads; records
// of one key are handed over one at a time, in order. What it returns decides the record's fate
// (fate.h). On OK the record is complete when everything in `emit` is delivered; on any other
// status `emit` is dropped.
//
// Made of anything that can be called with (const Message&, std::vector<Message>& emit), or with
// Attempt& as a third.
class Handler {
 public:
  template <typename Call>
  requires(
      !std::same_as<std::remove_cvref_t<Call>, Handler> &&
      std::is_invocable_r_v<absl::Status, Call&, const Message&, std::vector<Message>&, Attempt&>)
      Handler(Call call)
      : call_(std::move(call)) {}  // NOLINT(google-explicit-constructor)

  template <typename Call>
  requires(!std::same_as<std::remove_cvref_t<Call>, Handler> &&
           std::is_invocable_r_v<absl::Status, Call&, const Message&, std::vector<Message>&>)
      Handler(Call call)  // NOLINT(google-explicit-constructor)
      : call_([call = std::move(call)](const Message& message, std::vector<Message>& emit,
                                       Attempt&) mutable { return call(message, emit); }) {}

  absl::Status operator()(const Message& message, std::vector<Message>& emit,
                          Attempt& attempt) const {
    return call_(message, emit, attempt);
  }

 private:
  std::function<absl::Status(const Message&, std::vector<Message>&, Attempt&)> call_;
};

}  // namespace paperwire::bus
