#include "services/serve/subscribers.h"

#include <utility>

namespace paperwire::serve {

Subscribers::Subscription::Subscription(Subscription&& other) noexcept
    : subscribers_(std::exchange(other.subscribers_, nullptr)), call_(other.call_) {}

Subscribers::Subscription& Subscribers::Subscription::operator=(Subscription&& other) noexcept {
  std::swap(subscribers_, other.subscribers_);
  std::swap(call_, other.call_);
  return *this;
}

Subscribers::Subscription::~Subscription() {
  if (subscribers_ == nullptr) return;
  const std::lock_guard lock(subscribers_->mutex_);
  subscribers_->calls_.erase(call_);
}

Subscribers::Subscription Subscribers::Subscribe(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  return Subscription(*this, calls_.insert(calls_.end(), std::move(call)));
}

void Subscribers::Tell() {
  const std::lock_guard lock(mutex_);
  for (const auto& call : calls_) call();
}

}  // namespace paperwire::serve
