#include "services/serve/watch/statuses.h"

#include <utility>

#include "services/serve/error_details.h"
#include "services/serve/rpc_call.h"

namespace paperwire::serve::watch {
namespace {

constexpr absl::Duration kNoStatusYet = absl::Seconds(1);

class StatusSource final : public Source {
 public:
  StatusSource(Statuses& statuses, Metrics& metrics) : statuses_(statuses), metrics_(metrics) {}

  Step Next(bool /*beat*/) override {
    std::shared_ptr<const Statuses::Said> current = statuses_.Current();
    if (current == nullptr || current == said_) return {};
    said_ = std::move(current);
    return {.message = &said_->message};
  }

  void Sent() override { metrics_.Sent(MessageKind::kStatus); }

 private:
  Statuses& statuses_;
  Metrics& metrics_;
  std::shared_ptr<const Statuses::Said> said_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Source>> Statuses::Open() {
  const absl::Status there = feed_.GetStatus().status();
  if (!there.ok()) return RetryAfter(there, kNoStatusYet);
  return std::make_unique<StatusSource>(*this, metrics_);
}

std::shared_ptr<const Statuses::Said> Statuses::Current() {
  const std::lock_guard lock(mutex_);
  StatusPtr status = holder_.Get();
  if (status == made_of_) return said_;
  absl::StatusOr<v1::GetStatusResponse> answer = feed_.GetStatus();
  if (!answer.ok()) return said_;
  made_of_ = std::move(status);
  v1::WatchStatusResponse response;
  *response.mutable_status() = *std::move(answer);
  std::string bytes = response.SerializeAsString();
  response.mutable_status()->clear_snapshot_time();
  std::string text = response.SerializeAsString();
  if (said_ == nullptr || said_->text != text) {
    said_ = std::make_shared<const Said>(
        Said{.text = std::move(text), .message = ToByteBuffer(Payload(std::move(bytes)))});
  }
  return said_;
}

}  // namespace paperwire::serve::watch
