#include "tools/paperwire/watch_output.h"

#include <utility>

#include "nlohmann/json.hpp"
#include "tools/paperwire/card_text.h"
#include "tools/paperwire/json.h"

namespace paperwire::cli {
namespace {

constexpr std::chrono::milliseconds kSyncInterval{1000};

std::string Said(const absl::Status& status) {
  return status.message().empty() ? absl::StatusCodeToString(status.code())
                                  : std::string(status.message());
}

}  // namespace

WatchOutput::WatchOutput(const Settings& settings, const StateFile* file, WatchState state,
                         Console& console)
    : settings_(settings), file_(file), console_(console), state_(std::move(state)) {}

absl::Status WatchOutput::Take(const v1::WatchPapersResponse& message) {
  std::string line;
  if (settings_.json) {
    line = ToJson(message);
  } else if (message.has_entry()) {
    line = CardLine(message.entry(), console_);
  } else if (message.event_case() == v1::WatchPapersResponse::kRemovedId) {
    line = console_.terminal ? message.removed_id() + " left the window"
                             : "removed\t" + message.removed_id();
  }
  if (!line.empty()) {
    const absl::Status printed = Print(line);
    if (!printed.ok()) return printed;
  }
  const absl::Status kept = Keep(message);
  if (!kept.ok()) return kept;
  const bool enough = settings_.until_live && message.heartbeat().live();
  return enough ? absl::CancelledError("live") : absl::OkStatus();
}

absl::Status WatchOutput::StartOver(const v1::WatchPapersRequest& request,
                                    const absl::Status& why) {
  state_.announced_from = request.announced_from();
  console_.err << "paperwire: starting over, all cards come anew: " << Said(why) << '\n';
  if (!settings_.json) return absl::OkStatus();
  const nlohmann::json event = {
      {"restart", {{"reason", Said(why)}, {"announcedFrom", request.announced_from()}}}};
  return Print(event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void WatchOutput::Lost(const absl::Status& why) {
  console_.err << "paperwire: no cards for now, trying on: " << Said(why) << std::endl;
}

void WatchOutput::Found() { console_.err << "paperwire: the cards are back" << std::endl; }

absl::Status WatchOutput::Print(const std::string& line) {
  console_.out << line << std::endl;
  return console_.out.good() ? absl::OkStatus() : absl::CancelledError("nobody reads the output");
}

absl::Status WatchOutput::Keep(const v1::WatchPapersResponse& message) {
  if (message.resume_token().empty()) return absl::OkStatus();
  state_.resume_token = message.resume_token();
  if (message.has_entry()) {
    state_.arxiv_id = message.entry().paper().arxiv_id();
    state_.revision = message.entry().revision().value();
  }
  if (file_ == nullptr) return absl::OkStatus();
  // A disk takes milliseconds to be sure: in a flood of cards, once a second.
  const clock::SteadyTime now = console_.clock.SteadyNow();
  const bool durably = !durable_.has_value() || now - *durable_ >= kSyncInterval;
  if (durably) durable_ = now;
  unsynced_ = !durably;
  return file_->Write(state_, durably);
}

absl::Status WatchOutput::Close() {
  if (file_ == nullptr || !unsynced_) return absl::OkStatus();
  return file_->Write(state_, /*durably=*/true);
}

}  // namespace paperwire::cli
