#include "services/serve/watch/service.h"

#include <utility>

#include "services/serve/error_details.h"

namespace paperwire::serve::watch {
namespace {

constexpr absl::Duration kAfterTooMany = absl::Seconds(10);

}  // namespace

Service::Service(Streams::Options options, const Parts& parts)
    : slots_(parts.slots),
      metrics_(parts.registry),
      papers_({.snapshots = parts.snapshots,
               .clock = parts.clock,
               .metrics = metrics_,
               .catalogue = parts.catalogue}),
      statuses_(parts.feed, parts.statuses, metrics_),
      streams_(options, parts.clock, metrics_),
      snapshots_(parts.snapshots.Subscribe([this] { streams_.Wake(); })),
      status_changes_(parts.statuses.Subscribe([this] { streams_.Wake(); })) {}

absl::StatusOr<RpcCalls::Stream*> Service::WatchPapers(grpc::CallbackServerContext* context,
                                                       const v1::WatchPapersRequest& request,
                                                       const Caller& caller, Ended ended) {
  auto source = papers_.Open(request);
  if (!source.ok()) return source.status();
  return Open(Method::kPapers, context, caller, *std::move(source), std::move(ended));
}

absl::StatusOr<RpcCalls::Stream*> Service::WatchStatus(grpc::CallbackServerContext* context,
                                                       const Caller& caller, Ended ended) {
  auto source = statuses_.Open();
  if (!source.ok()) return source.status();
  return Open(Method::kStatus, context, caller, *std::move(source), std::move(ended));
}

absl::StatusOr<RpcCalls::Stream*> Service::Open(Method method, grpc::CallbackServerContext* context,
                                                const Caller& caller,
                                                std::unique_ptr<Source> source, Ended ended) {
  absl::StatusOr<access::StreamSlots::Slot> slot = slots_.Take(caller.key, caller.limited);
  if (!slot.ok()) {
    metrics_.Refused();
    return RetryAfter(slot.status(), kAfterTooMany);
  }
  return streams_.Open(method, context, *std::move(slot), std::move(source), caller.may_stay,
                       std::move(ended));
}

}  // namespace paperwire::serve::watch
